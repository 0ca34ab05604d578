// Browsers start no worker from a disk. There a hidden frame runs its script, and speaks as a worker does.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(address) {
      super();
      this.frame = document.createElement("iframe");
      this.frame.hidden = true;
      document.body.append(this.frame);
      this.inside = this.frame.contentWindow;
      this.inside.document.open();
      this.inside.document.write("<!doctype html><title>Search</title>");
      this.inside.document.close();
      this.inside.postMessage = (data) => this.hear(data);
      this.inside.importScripts = (...addresses) =>
        addresses.reduce((before, next) => before.then(() => this.load(next)), Promise.resolve());
      this.ready = this.load(new URL(address, location.href).href);
      this.ready.catch((error) => this.tell(new ErrorEvent("error", { message: String(error) })));
    }

    load(address) {
      return new Promise((done, failed) => {
        const script = this.inside.document.createElement("script");
        Object.assign(script, { src: address, onload: done, onerror: () => failed(new Error(`no script at ${address}`)) });
        this.inside.document.documentElement.append(script);
      });
    }

    postMessage(data) {
      const event = new MessageEvent("message", { data: structuredClone(data) });
      this.ready.then(() => this.inside.dispatchEvent(event));
    }

    hear(data) {
      this.tell(new MessageEvent("message", { data: structuredClone(data) }));
    }

    tell(event) {
      this.dispatchEvent(event);
      this[`on${event.type}`]?.(event);
    }

    terminate() {
      this.frame.remove();
    }
  };
}
