using ConvLstm.Nowcast.Torch.Interop;
using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public bool requires_grad
        {
            get => Info().RequiresGrad != 0;
            set => Native.Check(Native.ct_set_requires_grad(Handle, value ? 1 : 0));
        }

        /// <summary>The accumulated gradient, a new tensor object each time it is asked for; null where there is none.</summary>
        public Tensor? grad
        {
            get
            {
                nint gradient;
                Native.Check(Native.ct_grad(Handle, &gradient));
                return gradient == 0 ? null : new Tensor(gradient);
            }

            set => Native.Check(Native.ct_set_grad(Handle, value?.Handle ?? 0));
        }

        public Tensor requires_grad_(bool requires_grad = true)
        {
            this.requires_grad = requires_grad;
            return this;
        }

        public Tensor detach() => Call("aten::detach", this);

        /// <summary>Adds the gradients of this tensor to the leaves it was made from.</summary>
        public void backward(IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false) =>
            autograd.backward([this], grad_tensors, retain_graph, create_graph);

        /// <summary>Puts the storage of another tensor behind this one, gradients untouched.</summary>
        internal void SetData(Tensor other) => Native.Check(Native.ct_set_data(Handle, other.Handle));
    }

    public static bool is_grad_enabled() => Native.ct_grad_enabled() != 0;

    /// <summary>No gradients are recorded on this thread until the result is disposed.</summary>
    public static IDisposable no_grad() => new GradientMode(false);

    public static IDisposable enable_grad(bool enabled = true) => new GradientMode(enabled);

    private sealed class GradientMode : IDisposable
    {
        private readonly bool before = is_grad_enabled();

        internal GradientMode(bool enabled) => Native.ct_set_grad_enabled(enabled ? 1 : 0);

        public void Dispose() => Native.ct_set_grad_enabled(before ? 1 : 0);
    }

    public static unsafe class autograd
    {
        public static void backward(
            IList<Tensor> tensors, IList<Tensor>? grad_tensors = null, bool retain_graph = false, bool create_graph = false)
        {
            ArgumentNullException.ThrowIfNull(tensors);
            var roots = stackalloc nint[tensors.Count];
            var seeds = stackalloc nint[tensors.Count];
            for (var i = 0; i < tensors.Count; i++)
            {
                roots[i] = tensors[i].Handle;
                seeds[i] = grad_tensors?[i].Handle ?? 0;
            }
            Native.Check(Native.ct_backward(roots, seeds, tensors.Count, retain_graph ? 1 : 0, create_graph ? 1 : 0));
            GC.KeepAlive(tensors);
            GC.KeepAlive(grad_tensors);
        }
    }
}
