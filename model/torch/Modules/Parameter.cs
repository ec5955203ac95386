namespace ConvLstm.Nowcast.Torch.Modules
{
    /// <summary>A tensor that training changes. Takes the place of the tensor it is made from.</summary>
    public sealed class Parameter : torch.Tensor
    {
        public Parameter(torch.Tensor data, bool requires_grad = true)
            : base(data)
        {
            this.requires_grad = requires_grad;
        }
    }
}

namespace ConvLstm.Nowcast.Torch
{
    public static partial class torch
    {
        public static partial class nn
        {
            public static Modules.Parameter Parameter(Tensor data, bool requires_grad = true) => new(data, requires_grad);
        }
    }
}
