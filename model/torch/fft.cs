using static ConvLstm.Nowcast.Torch.Interop.Operator;

namespace ConvLstm.Nowcast.Torch;

/// <summary>Where the factor of the transform and its inverse goes.</summary>
public enum FFTNormType
{
    Backward = 0, Forward = 1, Ortho = 2,
}

public static partial class torch
{
    /// <summary>Discrete Fourier transforms.</summary>
    public static class fft
    {
        public static Tensor fft_(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => One("fft", input, n, dim, norm);

        public static Tensor ifft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => One("ifft", input, n, dim, norm);

        public static Tensor rfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => One("rfft", input, n, dim, norm);

        public static Tensor irfft(Tensor input, long n = -1, long dim = -1, FFTNormType norm = FFTNormType.Backward) => One("irfft", input, n, dim, norm);

        public static Tensor fft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Two("fft2", input, s, dim, norm);

        public static Tensor ifft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Two("ifft2", input, s, dim, norm);

        public static Tensor rfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Two("rfft2", input, s, dim, norm);

        public static Tensor irfft2(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) => Two("irfft2", input, s, dim, norm);

        public static Tensor fftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            Call("aten::fft_fftn", input, s, dim, Name(norm));

        public static Tensor ifftn(Tensor input, long[]? s = null, long[]? dim = null, FFTNormType norm = FFTNormType.Backward) =>
            Call("aten::fft_ifftn", input, s, dim, Name(norm));

        public static Tensor fftshift(Tensor input, long[]? dim = null) => Call("aten::fft_fftshift", input, dim);

        public static Tensor ifftshift(Tensor input, long[]? dim = null) => Call("aten::fft_ifftshift", input, dim);

        public static Tensor fftfreq(long n, double d = 1.0, ScalarType? dtype = null, Device? device = null) =>
            Call("aten::fft_fftfreq", n, d, dtype, Strided, device);

        public static Tensor rfftfreq(long n, double d = 1.0, ScalarType? dtype = null, Device? device = null) =>
            Call("aten::fft_rfftfreq", n, d, dtype, Strided, device);

        private static Tensor One(string name, Tensor input, long n, long dim, FFTNormType norm) =>
            Call("aten::fft_" + name, input, n < 0 ? null : (long?)n, dim, Name(norm));

        private static Tensor Two(string name, Tensor input, long[]? s, long[]? dim, FFTNormType norm) =>
            Call("aten::fft_" + name, input, s, dim ?? [-2, -1], Name(norm));

        private static string Name(FFTNormType norm) => norm switch
        {
            FFTNormType.Forward => "forward",
            FFTNormType.Ortho => "ortho",
            _ => "backward",
        };
    }
}
