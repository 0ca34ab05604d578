import importlib.util
from pathlib import Path
sp=importlib.util.spec_from_file_location("lender","/tmp/wt/hist36/tests/estimation/lender.py"); m=importlib.util.module_from_spec(sp); sp.loader.exec_module(m)
m.write_history(Path("/tmp/h/scen36/hl/history"))
