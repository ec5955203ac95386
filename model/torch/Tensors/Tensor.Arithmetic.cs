using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    // CA2225 asks for a named twin of each operator: they are add, sub, mul, div and neg below.
    public partial class Tensor
    {
        public static Tensor operator +(Tensor left, Tensor right) => left.add(right);

        public static Tensor operator +(Tensor left, Scalar right) => left.add(right);

        public static Tensor operator +(Scalar left, Tensor right) => right.add(left);

        public static Tensor operator -(Tensor left, Tensor right) => left.sub(right);

        public static Tensor operator -(Tensor left, Scalar right) => left.sub(right);

        public static Tensor operator -(Scalar left, Tensor right) => Call("aten::rsub.Scalar", right, left);

        public static Tensor operator *(Tensor left, Tensor right) => left.mul(right);

        public static Tensor operator *(Tensor left, Scalar right) => left.mul(right);

        public static Tensor operator *(Scalar left, Tensor right) => right.mul(left);

        public static Tensor operator /(Tensor left, Tensor right) => left.div(right);

        public static Tensor operator /(Tensor left, Scalar right) => left.div(right);

        public static Tensor operator /(Scalar left, Tensor right) => Call("aten::mul.Scalar", right.reciprocal(), left);

        public static Tensor operator -(Tensor tensor) => tensor.neg();

        public Tensor add(Tensor target) => Call("aten::add.Tensor", this, target);

        public Tensor add(Tensor target, Scalar alpha) => Call("aten::add.Tensor", this, target, alpha);

        public Tensor add(Scalar scalar) => Call("aten::add.Scalar", this, scalar);

        public Tensor add_(Tensor target) => CallInPlace(this, "aten::add_.Tensor", this, target);

        public Tensor add_(Tensor target, Scalar alpha) => CallInPlace(this, "aten::add_.Tensor", this, target, alpha);

        public Tensor add_(Scalar scalar) => CallInPlace(this, "aten::add_.Scalar", this, scalar);

        public Tensor sub(Tensor target) => Call("aten::sub.Tensor", this, target);

        public Tensor sub(Scalar target) => Call("aten::sub.Scalar", this, target);

        public Tensor sub_(Tensor target) => CallInPlace(this, "aten::sub_.Tensor", this, target);

        public Tensor mul(Tensor target) => Call("aten::mul.Tensor", this, target);

        public Tensor mul(Scalar target) => Call("aten::mul.Scalar", this, target);

        public Tensor mul_(Tensor target) => CallInPlace(this, "aten::mul_.Tensor", this, target);

        public Tensor mul_(Scalar target) => CallInPlace(this, "aten::mul_.Scalar", this, target);

        public Tensor div(Tensor target) => Call("aten::div.Tensor", this, target);

        public Tensor div(Scalar target) => Call("aten::div.Scalar", this, target);

        public Tensor div_(Tensor target) => CallInPlace(this, "aten::div_.Tensor", this, target);

        public Tensor div_(Scalar target) => CallInPlace(this, "aten::div_.Scalar", this, target);

        public Tensor addcmul(Tensor tensor1, Tensor tensor2, Scalar value) => Call("aten::addcmul", this, tensor1, tensor2, value);

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            CallInPlace(this, "aten::addcmul_", this, tensor1, tensor2, value);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            CallInPlace(this, "aten::addcdiv_", this, tensor1, tensor2, value);

        public Tensor neg() => Call("aten::neg", this);

        public Tensor pow(Scalar exponent) => Call("aten::pow.Tensor_Scalar", this, exponent);

        public Tensor pow(Tensor exponent) => Call("aten::pow.Tensor_Tensor", this, exponent);

        public Tensor matmul(Tensor target) => Call("aten::matmul", this, target);

        public Tensor bmm(Tensor batch2) => Call("aten::bmm", this, batch2);

        public Tensor zero_() => CallInPlace(this, "aten::zero_", this);

        public Tensor fill_(Scalar value) => CallInPlace(this, "aten::fill_.Scalar", this, value);

        public Tensor copy_(Tensor source, bool nonBlocking = false) => CallInPlace(this, "aten::copy_", this, source, nonBlocking);

        internal Tensor lerp_(Tensor end, Scalar weight) => CallInPlace(this, "aten::lerp_.Scalar", this, end, weight);
    }
}
