# capture the target through by_scenario
import gaapbridge.estimation.scenarios.by_scenario as b, numpy as np, sys
from gaapbridge.estimation.scenarios.transitions import worsening
from gaapbridge.estimation.scenarios.target import shift_by_month
orig=b.chain_of
def spy(buckets,counts,k): return orig(buckets,counts,k)
o=b.satellite_multipliers
def cap(s,w,known,files):
    t=shift_by_month(w,1.0); print("first",t.shift.first,"months",t.months,"thin",t.thin); print(np.round(t.shift.values,2).tolist()); print(w.worsened.sum(1).tolist(), w.at_risk.sum(1).tolist()); return None
b.satellite_multipliers=cap
import gaapbridge.estimation.run as r
from pathlib import Path
import gaapbridge
gaapbridge.estimate(Path("/tmp/h/scen36/hl/history/plan.toml"))
