"""One contender of bench/compare.ts: trains a flow on request, in JSON lines on stdin and stdout.

    python worker.py --work affine --library zuko --mode eager --size 2,8,64,256 --threads 1

Prints {"ready": true, ...} after warm-up, or {"skipped": reason}. Each line {"steps": N} runs N
training steps and is answered by {"milliseconds": [...], "loss": last}. Ends with the input.
"""

import argparse
import importlib
import importlib.metadata
import json
import os
import sys
from time import perf_counter

FILES = {
    "affine": {
        "torch": ("torch_flow", ("eager", "compile")),
        "zuko": ("zuko_flow", ("eager", "compile")),
        "nflows": ("nflows_flow", ("eager", "compile")),
        "freia": ("freia_flow", ("eager", "compile")),
        "freia-glow": ("freia_glow_flow", ("eager", "compile")),
        "flowjax": ("flowjax_flow", ("jit", "scan", "unrolled")),
    },
    "spline": {
        "zuko": ("zuko_spline_flow", ("eager", "compile")),
        "nflows": ("nflows_spline_flow", ("eager", "compile")),
        "flowjax": ("flowjax_spline_flow", ("jit", "scan", "unrolled")),
    },
    "glow": {
        "freia": ("freia_image_flow", ("eager", "compile")),
        "normflows": ("normflows_flow", ("eager", "compile")),
    },
    "flow-matching": {
        "torch": ("torch_flow_matching", ("eager", "compile")),
        "torchcfm": ("torchcfm_flow_matching", ("eager",)),
        "jax": ("jax_flow_matching", ("jit", "scan")),
    },
    "free-form": {
        "torch": ("torch_free_form", ("eager", "compile")),
        "jax": ("jax_free_form", ("jit", "scan")),
    },
    "ode-likelihood": {
        "zuko": ("zuko_ode_likelihood", ("eager",)),
        "torchdiffeq": ("torchdiffeq_ode_likelihood", ("eager", "compile")),
        "diffrax": ("diffrax_ode_likelihood", ("vmap", "batched")),
    },
}
WARM_UP_STEPS = {"ode-likelihood": 1}
"""After the first step; 20 where nothing is said."""


def limit_threads(threads: int) -> None:
    """Binds the process to `threads` CPUs; comes before any numerical library is imported."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ[name] = str(threads)
    if threads == 1:
        flags = os.environ.get("XLA_FLAGS", "")
        os.environ["XLA_FLAGS"] = f"{flags} --xla_cpu_multi_thread_eigen=false".strip()
    os.environ["JAX_PLATFORMS"] = "cpu"


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--work", default="affine", choices=FILES)
    arguments.add_argument("--library", required=True)
    arguments.add_argument("--mode", required=True)
    arguments.add_argument("--size", required=True, help="dimension,layers,hidden,batch")
    arguments.add_argument("--threads", type=int, default=1)
    options = arguments.parse_args()
    files = FILES[options.work]
    if options.library not in files:
        arguments.error(f"--library: {options.work} has {', '.join(files)}; got {options.library}")
    file, modes = files[options.library]
    if options.mode not in modes:
        arguments.error(f"--mode: {options.library} has {', '.join(modes)}; got {options.mode}")

    # Libraries may print; only this stream carries the protocol.
    protocol = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    limit_threads(options.threads)

    def say(**message: object) -> None:
        print(json.dumps(message), file=protocol, flush=True)

    try:
        library = importlib.import_module(file)
    except ImportError as error:
        return say(
            skipped=f"{options.library} does not import ({error}); see bench/peers/README.md"
        )

    from data import batches
    from training import Size

    size = Size(*map(int, options.size.split(",")))
    try:
        training = library.prepare(
            size, options.mode, batches(size.dimension, size.batch), options.threads
        )
        started = perf_counter()
        training.run(1)
        first = perf_counter() - started
        _, loss = training.run(WARM_UP_STEPS.get(options.work, 20))
    except Exception as error:  # a library's failure is a result of the benchmark
        lines = str(error).strip().splitlines() or [""]
        return say(skipped=f"{type(error).__name__}: {lines[0]}")

    versions = {name: importlib.metadata.version(name) for name in library.PACKAGES}
    say(
        ready=True,
        library=options.library,
        version=versions[library.PACKAGES[0]],
        mode=options.mode,
        parameters=training.parameters,
        threads=options.threads,
        blas=training.blas,
        versions={**versions, "python": sys.version.split()[0]},
        compileSeconds=first,
        loss=loss,
        figures=training.figures,
    )
    for line in sys.stdin:
        milliseconds, loss = training.run(int(json.loads(line)["steps"]))
        say(milliseconds=milliseconds, loss=loss, figures=training.figures)


if __name__ == "__main__":
    main()
