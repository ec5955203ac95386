#!/usr/bin/env bash
# Builds with the CUDA libraries of TorchSharp, compares forecasts of CPU and GPU, checks the kernels, runs the benchmark of the ConvLSTM on the GPU
# and looks whether training holds its memory.
#   ops/gpu-check.sh [--json FILE] [--rounds N]
#   ops/gpu-check.sh --dry-run [--rounds N]     the same steps on the CPU
# The peer of the benchmark is the python3 on PATH (or BENCH_PYTHON), with a torch that sees the GPU.
# Everything is built and run in a copy, so that the program that is in use stays as it is.
set -euo pipefail
here=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
device=cuda gpu=true rounds=3 json=()
while [ $# -gt 0 ]; do
  case $1 in
    --dry-run) device=cpu gpu=false ;;
    --json) json=(--json "$(realpath -m "${2:?--json needs a file}")"); shift ;;
    --rounds) rounds=${2:?--rounds needs a number}; shift ;;
    *) echo "error: ops/gpu-check.sh knows --dry-run, --json FILE and --rounds N, not '$1'" >&2; exit 2 ;;
  esac
  shift
done

if [ "$device" = cuda ]; then
  command -v nvidia-smi >/dev/null && nvidia-smi -L || { echo "error: no NVIDIA driver answers here: run this on a machine with a GPU, or with --dry-run" >&2; exit 1; }
  export BENCH_PYTHON=${BENCH_PYTHON:-$(command -v python3)}
fi
copy=$(mktemp -d)
trap 'rm -rf "$copy"' EXIT
git -C "$here" ls-files -z --cached --others --exclude-standard | (cd "$here" && xargs -0 cp --parents -t "$copy" --)
cd "$copy"
if [ "$device" = cuda ] && ! dotnet restore model -p:Gpu=true -v q -nologo >"$copy/restore.log" 2>&1 </dev/null; then
  echo "error: the NuGet sources have no TorchSharp-cuda-linux for this build: $(grep -m 1 -oE 'NU[0-9]+: [^[]*' "$copy/restore.log")" >&2
  exit 1
fi
dotnet build tests -c Release -v q -nologo -p:Gpu=$gpu
dotnet build ops/bench -c Release -v q -nologo -p:Gpu=$gpu

echo "== forecasts, gradients, kernels"
NOWCAST_TEST_DEVICE=$device tests/bin/Release/net10.0/ConvLstm.Nowcast.Tests -noColor \
  -class '*OneCheckpoint' -class '*ConvLstmCells' -class '*LowerPrecision' -class '*ConvLstmKernels' -class '*ConvLstmOperators' -class '*TrainingMemory'

echo "== benchmark on $device"
dotnet ops/bench/bin/Release/net10.0/ConvLstm.Nowcast.Bench.dll convlstm --device "$device" --rounds "$rounds" "${json[@]}"

echo "== memory of a training"
dotnet ops/bench/bin/Release/net10.0/ConvLstm.Nowcast.Bench.dll memory
[ "$device" = cpu ] || nvidia-smi --query-gpu=memory.used --format=csv
