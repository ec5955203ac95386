#!/usr/bin/env bash
# Builds against a CUDA libtorch, compares forecasts of CPU and GPU, and runs the benchmark of the ConvLSTM on the GPU.
#   TORCH_ROOT=/path/to/libtorch ops/gpu-check.sh [--json FILE] [--rounds N]
#   ops/gpu-check.sh --dry-run [--rounds N]     the same steps on the CPU, with the libtorch that is there
# Without TORCH_ROOT the torch of the python3 on PATH is taken. The peer of the benchmark is that Python too (or BENCH_PYTHON).
# Everything is built and run in a copy, so that the program that is in use stays as it is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
device=cuda rounds=5 json=()
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) device=cpu ;;
    --json) json=(--json "$(realpath -m "${2:?--json needs a file}")"); shift ;;
    --rounds) rounds=${2:?--rounds needs a number}; shift ;;
    *) echo "error: ops/gpu-check.sh knows --dry-run, --json FILE and --rounds N, not '$1'" >&2; exit 2 ;;
  esac
  shift
done

if [ "$device" = cuda ]; then
  command -v nvidia-smi >/dev/null && nvidia-smi -L || { echo "error: no NVIDIA driver answers here: run this on a machine with a GPU, or with --dry-run" >&2; exit 1; }
  export BENCH_PYTHON=${BENCH_PYTHON:-$(command -v python3)}
  : "${TORCH_ROOT:=$("$BENCH_PYTHON" -c 'import os, torch; print(os.path.dirname(torch.__file__))' 2>/dev/null || true)}"
  [ -n "$TORCH_ROOT" ] || { echo "error: no TORCH_ROOT given and $BENCH_PYTHON has no torch: unpack a CUDA libtorch and name it" >&2; exit 1; }
  [ -e "$TORCH_ROOT/lib/libtorch_cuda.so" ] || { echo "error: $TORCH_ROOT/lib/libtorch_cuda.so is missing: this libtorch is one for the CPU" >&2; exit 1; }
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
if [ "$device" = cpu ] && [ -z "${TORCH_ROOT:-}" ]; then
  # The distribution's libtorch in the layout of the others, so that building against a folder is tried too.
  TORCH_ROOT=$copy/libtorch
  mkdir -p "$TORCH_ROOT/include" "$TORCH_ROOT/lib"
  ln -s /usr/include/{ATen,c10,caffe2,torch} "$TORCH_ROOT/include/"
  for library in torch torch_cpu c10; do
    ln -s "$(ldconfig -p | awk -v name="lib$library.so" 'index($1, name) == 1 {print $NF; exit}')" "$TORCH_ROOT/lib/lib$library.so"
  done
fi
TORCH_ROOT=$(realpath "$TORCH_ROOT")
export TORCH_ROOT
unset LD_LIBRARY_PATH

echo "== libtorch in $TORCH_ROOT"
git -C "$here" ls-files -z --cached --others --exclude-standard | (cd "$here" && xargs -0 cp --parents -t "$copy" --)
cd "$copy"
dotnet build tests -c Release -v q -nologo
dotnet build ops/bench -c Release -v q -nologo
readelf -d tests/bin/Release/net10.0/libconvlstm_torch.so | grep -E 'NEEDED|RUNPATH|RPATH'

echo "== forecasts, gradients and operators"
NOWCAST_TEST_DEVICE=$device tests/bin/Release/net10.0/ConvLstm.Nowcast.Tests -noColor \
  -class '*OneCheckpoint' -class '*FusedAndPlain' -class '*ConvLstmCells' -class '*LowerPrecision' -class '*.Torch.*'

echo "== benchmark on $device"
dotnet ops/bench/bin/Release/net10.0/ConvLstm.Nowcast.Bench.dll convlstm --device "$device" --rounds "$rounds" "${json[@]}"
