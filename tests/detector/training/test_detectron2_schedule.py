"""The schedule that its author misread, against Detectron2's own scheduler."""

import pytest

from detector.training.schedule import Schedule

MISREAD = Schedule(
    steps=12000,
    kind="multistep",
    learning_rate=0.002,
    warm_up_steps=1000,
    milestones=(2000, 3000, 4000, 5000, 10000),
    gamma=0.5,
)
# Iteration and rate, as Detectron2 0.6 stepped WarmupMultiStepLR with SOLVER's BASE_LR 0.002, STEPS (2000, 3000, 4000,
# 5000, 10000), GAMMA 0.5, WARMUP_ITERS 1000, WARMUP_FACTOR 0.001 and MAX_ITER 12000.
GOLDEN = {
    0: 2e-06,
    1: 3.998e-06,
    2: 5.996e-06,
    10: 2.1980000000000003e-05,
    100: 0.0002018,
    500: 0.001001,
    998: 0.001996004,
    999: 0.0019980020000000005,
    1000: 0.002,
    1001: 0.002,
    1999: 0.002,
    2000: 0.001,
    2001: 0.001,
    2999: 0.001,
    3000: 0.0005,
    3999: 0.0005,
    4000: 0.00025,
    4999: 0.00025,
    5000: 0.000125,
    9999: 0.000125,
    10000: 6.25e-05,
    11999: 6.25e-05,
}


def test_the_rates_are_those_that_detectron2_gave() -> None:
    assert {i: MISREAD.rate(i) for i in GOLDEN} == pytest.approx(GOLDEN, rel=1e-12)


@pytest.mark.filterwarnings("ignore")
def test_the_rates_are_detectron2s_at_every_iteration() -> None:
    torch = pytest.importorskip("torch")
    pytest.importorskip("detectron2", reason="Detectron2 is not installed")
    from detectron2.config import get_cfg
    from detectron2.solver import build_lr_scheduler

    cfg = get_cfg()
    solver = cfg.SOLVER
    solver.BASE_LR, solver.STEPS, solver.GAMMA = 0.002, MISREAD.milestones, 0.5
    solver.WARMUP_ITERS, solver.MAX_ITER = 1000, 12000
    optimiser = torch.optim.SGD([torch.nn.Parameter(torch.zeros(1))], lr=solver.BASE_LR)
    scheduler = build_lr_scheduler(cfg, optimiser)
    rates = []
    for _ in range(solver.MAX_ITER):
        rates.append(optimiser.param_groups[0]["lr"])
        optimiser.step()
        scheduler.step()
    assert [MISREAD.rate(i) for i in range(12000)] == pytest.approx(rates, rel=1e-12)
    assert {i: rates[i] for i in GOLDEN} == GOLDEN
