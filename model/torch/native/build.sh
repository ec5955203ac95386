#!/usr/bin/env bash
# Compiles the shim against the libtorch of the distribution, or the one that TORCH_ROOT names
# (a libtorch folder, or the torch folder of a Python installation).
#   build.sh OUTPUT.so OBJECT_FOLDER
set -euo pipefail
out=$1 objects=$2
here=$(cd "$(dirname "$0")" && pwd)
headers=${TORCH_ROOT:-/usr}/include
api=$headers/torch/csrc/api/include
if [ ! -f "$api/torch/version.h" ]; then
  echo "error: no libtorch under $headers: install libtorch-dev (ops/setup.sh does) or set TORCH_ROOT to a libtorch folder" >&2
  exit 1
fi
# libtorch moved on to C++20 with 2.10; before that its headers are tested with C++17 only.
version=$(awk '/define TORCH_VERSION_M(AJOR|INOR)/ {printf "%s%02d", sep, $3; sep=""}' "$api/torch/version.h")
standard=c++17
[ "$((10#$version))" -ge 210 ] && standard=c++20
flags=(-std=$standard -O3 -fno-math-errno -fno-trapping-math -fPIC -fopenmp -fvisibility=hidden -Wall -Wno-stringop-overflow -isystem "$api")
libraries=(-ltorch_cpu -lc10)
openmp=-fopenmp
if [ -n "${TORCH_ROOT:-}" ]; then
  flags+=(-isystem "$headers")
  libraries+=(-L"$TORCH_ROOT/lib" "-Wl,-rpath,$TORCH_ROOT/lib")
  if [ ! -e "$TORCH_ROOT/lib/libtorch_cpu.so" ]; then
    echo "error: $TORCH_ROOT has headers but no lib/libtorch_cpu.so: set TORCH_ROOT to a whole libtorch folder" >&2
    exit 1
  fi
  # Libraries built with the old string ABI need the same setting here; the libraries themselves say which it is.
  symbols=$(nm -DC "$TORCH_ROOT/lib/libc10.so")
  [[ $symbols == *std::__cxx11::basic_string* ]] || flags+=(-D_GLIBCXX_USE_CXX11_ABI=0)
  # Python packages bring an OpenMP of their own: with a second one in the process there would be twice the threads.
  own=("$TORCH_ROOT"/lib/libgomp*.so*)
  [ -e "${own[0]}" ] && openmp=${own[0]}
  # The CUDA kernels register themselves when their library is loaded; nothing else asks for it.
  if [ -e "$TORCH_ROOT/lib/libtorch_cuda.so" ]; then
    libraries=(-Wl,--no-as-needed -ltorch_cuda -lc10_cuda "${libraries[@]}")
    # Graphs need the headers of CUDA: a toolkit, or the Python package beside torch.
    for cuda in "${CUDA_HOME:-}" "$TORCH_ROOT/../nvidia/cuda_runtime" "$TORCH_ROOT/../nvidia/cu13" "$TORCH_ROOT/../nvidia/cu12" /usr/local/cuda; do
      [ -n "$cuda" ] && [ -e "$cuda/include/cuda_runtime_api.h" ] || continue
      flags+=(-DNOWCAST_CUDA_GRAPHS -isystem "$cuda/include")
      runtime=("$cuda"/lib*/libcudart.so*)
      [ -e "${runtime[0]}" ] && libraries+=("${runtime[0]}")
      break
    done
  fi
fi
mkdir -p "$objects" "$(dirname "$out")"
compiled=() pids=()
compile() {  # SOURCE OBJECT_NAME [FLAG…]
  local object=$objects/$2.o
  "${CXX:-g++}" "${flags[@]}" "${@:3}" -c "$here/$1.cpp" -o "$object" & pids+=($!)
  compiled+=("$object")
}
for source in "$here"/*.cpp; do
  name=$(basename "${source%.cpp}")
  [ "$name" = winograd_kernels ] || compile "$name" "$name"
done
# The inner loops once for each width of vectors; the processor picks when it runs.
compile winograd_kernels winograd_baseline -Wno-psabi -DWINOGRAD_VARIANT=winograd_baseline
if [ "$(uname -m)" = x86_64 ]; then
  compile winograd_kernels winograd_avx2 -Wno-psabi -DWINOGRAD_VARIANT=winograd_avx2 -mavx2 -mfma
  compile winograd_kernels winograd_avx512 -Wno-psabi -DWINOGRAD_VARIANT=winograd_avx512 \
    -mavx512f -mavx512bw -mavx512dq -mavx512vl -mfma -mprefer-vector-width=512
fi
for pid in "${pids[@]}"; do wait "$pid"; done
# Not with the flags: they would bring in the compiler's OpenMP.
"${CXX:-g++}" -shared -o "$out.new" "${compiled[@]}" "${libraries[@]}" "$openmp"
mv "$out.new" "$out"
