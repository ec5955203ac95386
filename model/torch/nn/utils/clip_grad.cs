namespace ConvLstm.Nowcast.Torch;

public static partial class torch
{
    public static partial class nn
    {
        public static class utils
        {
            /// <summary>Scales all gradients down together so that their norm is at most <paramref name="max_norm"/>; returns the norm before.</summary>
            public static double clip_grad_norm_(IEnumerable<Modules.Parameter> tensors, double max_norm, double norm_type = 2.0)
            {
                ArgumentNullException.ThrowIfNull(tensors);
                using var scope = NewDisposeScope();
                using var gradients = no_grad();
                var all = tensors.Select(t => t.grad).OfType<Tensor>().ToList();
                if (all.Count == 0)
                    return 0;
                var norm = stack(all.Select(g => g.norm((float)norm_type))).norm((float)norm_type).to_type(ScalarType.Float32).item<float>();
                var scale = max_norm / (norm + 1e-6);
                if (scale < 1)
                    all.ForEach(g => g.mul_(scale));
                return norm;
            }

            /// <summary>Cuts each element of the gradients off at ±<paramref name="clip_value"/>.</summary>
            public static void clip_grad_value_(IEnumerable<Modules.Parameter> tensors, double clip_value)
            {
                ArgumentNullException.ThrowIfNull(tensors);
                using var scope = NewDisposeScope();
                using var gradients = no_grad();
                foreach (var gradient in tensors.Select(t => t.grad).OfType<Tensor>())
                    gradient.clamp_(-clip_value, clip_value);
            }
        }
    }
}
