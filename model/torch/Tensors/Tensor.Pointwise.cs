using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public partial class Tensor
    {
        public Tensor abs() => Call("aten::abs", this);

        public Tensor sign() => Call("aten::sign", this);

        public Tensor square() => Call("aten::square", this);

        public Tensor sqrt() => Call("aten::sqrt", this);

        public Tensor sqrt_() => CallInPlace(this, "aten::sqrt_", this);

        public Tensor rsqrt() => Call("aten::rsqrt", this);

        public Tensor reciprocal() => Call("aten::reciprocal", this);

        public Tensor exp() => Call("aten::exp", this);

        public Tensor expm1() => Call("aten::expm1", this);

        public Tensor log() => Call("aten::log", this);

        public Tensor log1p() => Call("aten::log1p", this);

        public Tensor log10() => Call("aten::log10", this);

        public Tensor sin() => Call("aten::sin", this);

        public Tensor cos() => Call("aten::cos", this);

        public Tensor floor() => Call("aten::floor", this);

        public Tensor ceil() => Call("aten::ceil", this);

        public Tensor round() => Call("aten::round", this);

        public Tensor erf() => Call("aten::erf", this);

        public Tensor sigmoid() => Call("aten::sigmoid", this);

        public Tensor tanh() => Call("aten::tanh", this);

        public Tensor relu() => Call("aten::relu", this);

        public Tensor softmax(long dim) => Call("aten::softmax.int", this, dim);

        public Tensor log_sigmoid() => Call("aten::log_sigmoid", this);

        public Tensor clamp(Scalar? min = null, Scalar? max = null) => Call("aten::clamp", this, min, max);

        public Tensor clamp_(Scalar? min = null, Scalar? max = null) => CallInPlace(this, "aten::clamp_", this, min, max);

        public Tensor minimum(Tensor other) => Call("aten::minimum", this, other);

        public Tensor maximum(Tensor other) => Call("aten::maximum", this, other);

        public Tensor nan_to_num(double nan = 0, double? posinf = null, double? neginf = null) =>
            Call("aten::nan_to_num", this, nan, Optional(posinf), Optional(neginf));

        public Tensor isnan() => Call("aten::isnan", this);

        public Tensor isfinite() => Call("aten::isfinite", this);

        public Tensor eq(Tensor target) => Call("aten::eq.Tensor", this, target);

        public Tensor eq(Scalar target) => Call("aten::eq.Scalar", this, target);

        public Tensor ne(Scalar target) => Call("aten::ne.Scalar", this, target);

        public Tensor ge(Tensor target) => Call("aten::ge.Tensor", this, target);

        public Tensor ge(Scalar target) => Call("aten::ge.Scalar", this, target);

        public Tensor gt(Tensor target) => Call("aten::gt.Tensor", this, target);

        public Tensor gt(Scalar target) => Call("aten::gt.Scalar", this, target);

        public Tensor le(Tensor target) => Call("aten::le.Tensor", this, target);

        public Tensor le(Scalar target) => Call("aten::le.Scalar", this, target);

        public Tensor lt(Tensor target) => Call("aten::lt.Tensor", this, target);

        public Tensor lt(Scalar target) => Call("aten::lt.Scalar", this, target);

        public Tensor logical_and(Tensor other) => Call("aten::logical_and", this, other);

        public Tensor logical_or(Tensor other) => Call("aten::logical_or", this, other);

        public Tensor logical_not() => Call("aten::logical_not", this);

        public Tensor masked_fill(Tensor mask, Scalar value) => Call("aten::masked_fill.Scalar", this, mask, value);

        public Tensor where(Tensor condition, Tensor y) => Call("aten::where.self", condition, this, y);

        private static Interop.Argument Optional(double? value) => value is double v ? v : Interop.Argument.None;
    }

    public static Tensor where(Tensor condition, Tensor x, Tensor y) => Call("aten::where.self", condition, x, y);

    public static Tensor sigmoid(Tensor input) => input.sigmoid();

    public static Tensor tanh(Tensor input) => input.tanh();

    public static Tensor exp(Tensor input) => input.exp();

    public static Tensor log(Tensor input) => input.log();

    public static Tensor sqrt(Tensor input) => input.sqrt();

    public static Tensor abs(Tensor input) => input.abs();

    public static Tensor minimum(Tensor input, Tensor other) => input.minimum(other);

    public static Tensor maximum(Tensor input, Tensor other) => input.maximum(other);
}
