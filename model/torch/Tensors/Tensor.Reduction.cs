using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor sum(ScalarType? type = null) => Call("aten::sum", this, type);

        // TorchSharp has sum(long dim) too; a literal 0 would bind to the element type above, so dims are lists here.
        public Tensor sum(long[] dim, bool keepdim = false, ScalarType? type = null) =>
            Call("aten::sum.dim_IntList", this, dim, keepdim, type);

        public Tensor mean() => Call("aten::mean", this);

        public Tensor mean(long[] dimensions, bool keepdim = false, ScalarType? type = null) =>
            Call("aten::mean.dim", this, dimensions, keepdim, type);

        public Tensor var(long[] dimensions, bool unbiased = true, bool keepdim = false) =>
            Call("aten::var.dim", this, dimensions, unbiased, keepdim);

        public Tensor norm(float p = 2.0f) => Call("aten::norm.Scalar", this, (double)p);

        public Tensor max() => Call("aten::max", this);

        public Tensor min() => Call("aten::min", this);

        public Tensor amax(params long[] dims) => Call("aten::amax", this, dims);

        public Tensor amin(params long[] dims) => Call("aten::amin", this, dims);

        public Tensor argmax(long dim, bool keepdim = false) => Call("aten::argmax", this, dim, keepdim);

        public Tensor cumsum(long dim) => Call("aten::cumsum", this, dim);

        public Tensor any() => Call("aten::any", this);

        public Tensor all() => Call("aten::all", this);

        public bool allclose(Tensor target, double rtol = 1e-05, double atol = 1e-08, bool equal_nan = false) =>
            CallNumber("aten::allclose", this, target, rtol, atol, equal_nan) != 0;
    }

    public static Tensor mean(Tensor input) => input.mean();

    public static Tensor sum(Tensor input) => input.sum();
}
