using ConvLstm.Nowcast.Torch.Interop;

namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    /// <summary>
    /// Settings of the libraries below libtorch. TensorFloat-32 keeps ten bits of the factors of a product: three to eight times
    /// faster on GPUs from Ampere on, about 1e-3 in a forecast. libtorch allows it for convolutions alone; here it is on for both
    /// (<c>Devices.Named</c>).
    /// </summary>
    public static class backends
    {
        public static class cuda
        {
            public static class matmul
            {
                public static bool allow_tf32
                {
                    get => AllowTf32().Products;
                    set => Native.Check(Native.ct_set_allow_tf32(-1, value ? 1 : 0));
                }
            }
        }

        public static class cudnn
        {
            public static bool allow_tf32
            {
                get => AllowTf32().Convolutions;
                set => Native.Check(Native.ct_set_allow_tf32(value ? 1 : 0, -1));
            }
        }

        private static unsafe (bool Convolutions, bool Products) AllowTf32()
        {
            int convolutions, products;
            Native.Check(Native.ct_allow_tf32(&convolutions, &products));
            return (convolutions != 0, products != 0);
        }
    }
}
