using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public unsafe partial class Tensor
    {
        public long Dimensions => Info().Dimensions;

        public long ndim => Info().Dimensions;

        public long dim() => Info().Dimensions;

        public long NumberOfElements => Info().Elements;

        public long numel() => Info().Elements;

        public long ElementSize => Info().ElementSize;

        public ScalarType dtype => (ScalarType)Info().Type;

        public Device device
        {
            get
            {
                var info = Info();
                return new Device((DeviceType)info.DeviceType, info.DeviceIndex);
            }
        }

        public DeviceType device_type => (DeviceType)Info().DeviceType;

        public bool is_cuda => device_type == DeviceType.CUDA;

        public bool is_leaf => Info().IsLeaf != 0;

        public bool is_contiguous() => Info().IsContiguous != 0;

        public long[] shape
        {
            get
            {
                var sizes = new long[Dimensions];
                var strides = stackalloc long[sizes.Length + 1];
                fixed (long* s = sizes)
                    Native.Check(Native.ct_shape(Handle, s, strides));
                return sizes;
            }
        }

        public long[] size() => shape;

        public long size(int dim) => dim < 0 ? shape[^-dim] : shape[dim];

        public long[] stride()
        {
            var strides = new long[Dimensions];
            var sizes = stackalloc long[strides.Length + 1];
            fixed (long* s = strides)
                Native.Check(Native.ct_shape(Handle, sizes, s));
            return strides;
        }

        /// <summary>The one element of the tensor.</summary>
        public T item<T>()
            where T : unmanaged
        {
            using var scope = NewDisposeScope();
            if (numel() != 1)
                throw new InvalidOperationException($"item() reads a single element, not {numel()} of them.");
            var one = detach().cpu().to_type(TypeOf<T>());
            return one.Elements<T>()[0];
        }

        /// <summary>The elements in row-major order, in place; valid while the tensor lives.</summary>
        /// <exception cref="InvalidOperationException">The tensor is not contiguous, or of another type.</exception>
        /// <exception cref="TorchException">The tensor is not in the memory of the CPU.</exception>
        internal Span<T> Elements<T>()
            where T : unmanaged
        {
            var info = Info();
            if (info.Type != (int)TypeOf<T>() || info.IsContiguous == 0)
                throw new InvalidOperationException($"The elements of a {(ScalarType)info.Type} tensor{(info.IsContiguous == 0 ? " that is not contiguous" : "")} cannot be read as {typeof(T).Name}.");
            void* start;
            Native.Check(Native.ct_data(Handle, &start));
            return new Span<T>(start, checked((int)info.Elements));
        }

        /// <summary>The elements as an accessor, in row-major order.</summary>
        public TensorAccessor<T> data<T>()
            where T : unmanaged => new(this);

        public override string ToString() => IsInvalid ? "(disposed)" : $"[{string.Join("x", shape)}], type = {dtype}, device = {device}";

        internal static ScalarType TypeOf<T>() => default(T) switch
        {
            float => ScalarType.Float32,
            double => ScalarType.Float64,
            long => ScalarType.Int64,
            int => ScalarType.Int32,
            short => ScalarType.Int16,
            sbyte => ScalarType.Int8,
            byte => ScalarType.Byte,
            bool => ScalarType.Bool,
            _ => throw new NotSupportedException($"Tensors of {typeof(T).Name} are not supported."),
        };

        private TensorInfo Info()
        {
            TensorInfo info;
            Native.Check(Native.ct_info(Handle, &info));
            GC.KeepAlive(this);
            return info;
        }
    }
}
