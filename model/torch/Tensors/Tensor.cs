using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    /// <summary>
    /// A tensor of libtorch. It belongs to the dispose scope that is open where it is made, and is freed with it;
    /// the finalizer frees what nobody owned.
    /// </summary>
    public partial class Tensor : IDisposable
    {
        private nint handle;

        internal Tensor(long handle)
        {
            if (handle == 0)
                throw new TorchException("the operator returned no tensor");
            this.handle = (nint)handle;
            Scope = DisposeScope.Current;
            Scope?.Add(this);
        }

        /// <summary>Takes the other's place: <paramref name="source"/> is left empty. For parameters.</summary>
        protected Tensor(Tensor source)
        {
            ArgumentNullException.ThrowIfNull(source);
            handle = source.Handle;
            Scope = source.Scope;
            source.Scope?.Remove(source);
            Scope?.Add(this);
            source.handle = 0;
            source.Scope = null;
        }

        ~Tensor() => Release();

        internal DisposeScope? Scope { get; set; }

        /// <exception cref="ObjectDisposedException">The tensor, or its scope, was disposed.</exception>
        internal nint Handle
        {
            get
            {
                ObjectDisposedException.ThrowIf(handle == 0, this);
                return handle;
            }
        }

        public bool IsInvalid => handle == 0;

        public void Dispose()
        {
            Scope?.Remove(this);
            Scope = null;
            Release();
            GC.SuppressFinalize(this);
        }

        /// <summary>Lets the tensor outlive the scope it was made in, to be freed by the one around it.</summary>
        public Tensor MoveToOuterDisposeScope() => Scope?.MoveToOuter(this) ?? this;

        /// <summary>Takes the tensor out of all scopes: from now on the caller frees it.</summary>
        public Tensor DetachFromDisposeScope() => Scope?.Detach(this) ?? this;

        private void Release()
        {
            var released = Interlocked.Exchange(ref handle, 0);
            if (released != 0)
                Native.ct_release(released);
        }
    }
}
