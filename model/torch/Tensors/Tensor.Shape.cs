using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        /// <summary>One row of the first dimension.</summary>
        public Tensor this[long i1] => select(0, i1);

        public Tensor this[long i1, long i2]
        {
            get
            {
                using var row = select(0, i1);
                return row.select(0, i2);
            }
        }

        public Tensor view(params long[] shape) => Call("aten::view", this, shape);

        public Tensor reshape(params long[] shape) => Call("aten::reshape", this, shape);

        public Tensor flatten(long start_dim = 0, long end_dim = -1) => Call("aten::flatten.using_ints", this, start_dim, end_dim);

        public Tensor permute(params long[] permutation) => Call("aten::permute", this, permutation);

        public Tensor transpose(long dim0, long dim1) => Call("aten::transpose.int", this, dim0, dim1);

        public Tensor unsqueeze(long dim) => Call("aten::unsqueeze", this, dim);

        public Tensor squeeze(long? dim = null) => dim is long d ? Call("aten::squeeze.dim", this, d) : Call("aten::squeeze", this);

        public Tensor expand(params long[] sizes) => Call("aten::expand", this, sizes);

        public Tensor repeat(params long[] sizes) => Call("aten::repeat", this, sizes);

        public Tensor select(long dim, long index) => Call("aten::select.int", this, dim, index);

        public Tensor narrow(long dim, long start, long length) => Call("aten::narrow", this, dim, start, length);

        public Tensor slice(long dim, long start, long finish, long step) => Call("aten::slice.Tensor", this, dim, start, finish, step);

        public Tensor index_select(long dim, Tensor index) => Call("aten::index_select", this, dim, index);

        public Tensor gather(long dim, Tensor index) => Call("aten::gather", this, dim, index);

        public Tensor flip(params long[] dims) => Call("aten::flip", this, dims);

        public Tensor roll(long[] shifts, long[] dims) => Call("aten::roll", this, shifts, dims);

        public Tensor[] chunk(long chunks, long dim = 0) => Each(CallMany("aten::chunk", this, chunks, dim));

        public Tensor[] unbind(long dimension = 0) => Each(CallMany("aten::unbind.int", this, dimension));

        public Tensor clone() => Call("aten::clone", this);

        public Tensor contiguous() => Call("aten::contiguous", this);

        public Tensor cpu() => to(CPU);

        public Tensor to(Device device) => Call("aten::to.dtype_layout", this, Interop.Argument.None, Interop.Argument.None, device);

        public Tensor to(ScalarType type, Device device) => Call("aten::to.dtype_layout", this, (ScalarType?)type, Interop.Argument.None, device);

        public Tensor to_type(ScalarType type) => Call("aten::to.dtype", this, (ScalarType?)type);

        public Tensor to(ScalarType type) => to_type(type);

        public Tensor @float() => to_type(ScalarType.Float32);

        public Tensor @double() => to_type(ScalarType.Float64);

        internal static Tensor[] Each(Tensor?[] tensors) => Array.ConvertAll(tensors, t => t!);
    }

    public static Tensor cat(IList<Tensor> tensors, long dim = 0) => Call("aten::cat", tensors.ToArray(), dim);

    public static Tensor stack(IEnumerable<Tensor> tensors, long dim = 0) => Call("aten::stack", tensors.ToArray(), dim);

    public static Tensor[] meshgrid(IEnumerable<Tensor> tensors, string indexing = "ij") =>
        Tensor.Each(CallMany("aten::meshgrid.indexing", tensors.ToArray(), indexing));
}
