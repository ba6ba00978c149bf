//! new Zoo.Diffusion() : randn(1, 4, 8, 8), randn(1, 5, 24), randn(1, 16)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace Zoo
{
    /// <summary>A diffusion network: a Sequential of three inputs that runs its children by type, group norms, cross attention, a list of skips.</summary>
    public class Diffusion : Module<Tensor, Tensor, Tensor, Tensor>
    {
        private readonly TimeEmbedding time_embedding;
        private readonly DiffusionUNet unet;
        private readonly FinalLayer final;

        public Diffusion() : base("Diffusion")
        {
            time_embedding = new TimeEmbedding(16);
            unet = new DiffusionUNet();
            final = new FinalLayer(16, 4);
            RegisterComponents();
        }

        public override Tensor forward(Tensor latent, Tensor context, Tensor time)
        {
            using var _ = NewDisposeScope();
            time = time_embedding.forward(time);
            var output = unet.forward(latent, context, time);
            output = final.forward(output);
            return output.MoveToOuterDisposeScope();
        }
    }

    public class TimeEmbedding : Module<Tensor, Tensor>
    {
        internal readonly Linear linear_1;
        internal readonly Linear linear_2;

        public TimeEmbedding(long n_embd) : base("TimeEmbedding")
        {
            linear_1 = Linear(n_embd, 4 * n_embd);
            linear_2 = Linear(4 * n_embd, 4 * n_embd);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            x = linear_1.forward(x);
            x = torch.nn.functional.silu(x);
            x = linear_2.forward(x);
            return x.MoveToOuterDisposeScope();
        }
    }

    public class ResidualBlock : Module<Tensor, Tensor, Tensor>
    {
        internal readonly GroupNorm groupnorm_feature;
        internal readonly Conv2d conv_feature;
        internal readonly Linear linear_time;
        internal readonly GroupNorm groupnorm_merged;
        internal readonly Conv2d conv_merged;
        internal readonly Module<Tensor, Tensor> residual_layer;

        public ResidualBlock(long in_channels, long out_channels, long n_time = 64) : base("ResidualBlock")
        {
            groupnorm_feature = GroupNorm(4, in_channels);
            conv_feature = Conv2d(in_channels, out_channels, kernel_size: 3, padding: 1);
            linear_time = Linear(n_time, out_channels);
            groupnorm_merged = GroupNorm(4, out_channels);
            conv_merged = Conv2d(out_channels, out_channels, kernel_size: 3, padding: 1);
            if (in_channels == out_channels)
            {
                residual_layer = nn.Identity();
            }
            else
            {
                residual_layer = Conv2d(in_channels, out_channels, kernel_size: 1);
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor feature, Tensor time)
        {
            using var _ = NewDisposeScope();
            var residue = feature;
            feature = groupnorm_feature.forward(feature);
            feature = torch.nn.functional.silu(feature);
            feature = conv_feature.forward(feature);
            time = torch.nn.functional.silu(time);
            time = linear_time.forward(time);
            var merged = feature + time.unsqueeze(-1).unsqueeze(-1);
            merged = groupnorm_merged.forward(merged);
            merged = torch.nn.functional.silu(merged);
            merged = conv_merged.forward(merged);
            var output = merged + residual_layer.forward(residue);
            return output.MoveToOuterDisposeScope();
        }
    }

    internal class DiffusionAttention : Module<Tensor, Tensor, Tensor>
    {
        private readonly Linear q_proj;
        private readonly Linear k_proj;
        private readonly Linear v_proj;
        private readonly Linear out_proj;
        private readonly long n_heads;
        private readonly long d_head;

        internal DiffusionAttention(long n_heads, long d_embed, long d_cross, bool in_proj_bias = true) : base("DiffusionAttention")
        {
            q_proj = Linear(d_embed, d_embed, hasBias: in_proj_bias);
            k_proj = Linear(d_cross, d_embed, hasBias: in_proj_bias);
            v_proj = Linear(d_cross, d_embed, hasBias: in_proj_bias);
            out_proj = Linear(d_embed, d_embed);
            this.n_heads = n_heads;
            this.d_head = d_embed / n_heads;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor y)
        {
            using var _ = NewDisposeScope();
            var input_shape = x.shape;
            var batch_size = input_shape[0];
            var interim_shape = new long[] { batch_size, -1, n_heads, d_head };
            var q = q_proj.forward(x).view(interim_shape).transpose(1, 2);
            var k = k_proj.forward(y).view(interim_shape).transpose(1, 2);
            var v = v_proj.forward(y).view(interim_shape).transpose(1, 2);
            var weight = torch.matmul(q, k.transpose(-1, -2));
            weight /= Math.Sqrt(d_head);
            weight = torch.nn.functional.softmax(weight, dim: -1);
            var output = torch.matmul(weight, v);
            output = output.transpose(1, 2).contiguous().view(input_shape);
            return out_proj.forward(output).MoveToOuterDisposeScope();
        }
    }

    public class AttentionBlock : Module<Tensor, Tensor, Tensor>
    {
        internal readonly GroupNorm groupnorm;
        internal readonly Conv2d conv_input;
        internal readonly LayerNorm layernorm_1;
        internal readonly DiffusionAttention attention_1;
        internal readonly LayerNorm layernorm_2;
        internal readonly DiffusionAttention attention_2;
        internal readonly LayerNorm layernorm_3;
        internal readonly Linear linear_geglu_1;
        internal readonly Linear linear_geglu_2;
        internal readonly Conv2d conv_output;

        public AttentionBlock(long n_head, long n_embd, long d_context = 24) : base("AttentionBlock")
        {
            var channels = n_head * n_embd;
            groupnorm = GroupNorm(4, channels);
            conv_input = Conv2d(channels, channels, kernel_size: 1);
            layernorm_1 = LayerNorm(channels);
            attention_1 = new DiffusionAttention(n_head, channels, channels, in_proj_bias: false);
            layernorm_2 = LayerNorm(channels);
            attention_2 = new DiffusionAttention(n_head, channels, d_context, in_proj_bias: false);
            layernorm_3 = LayerNorm(channels);
            linear_geglu_1 = Linear(channels, 4 * channels * 2);
            linear_geglu_2 = Linear(4 * channels, channels);
            conv_output = Conv2d(channels, channels, kernel_size: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor context)
        {
            using var _ = NewDisposeScope();
            var residue_long = x;
            x = groupnorm.forward(x);
            x = conv_input.forward(x);
            var n = x.shape[0];
            var c = x.shape[1];
            var h = x.shape[2];
            var w = x.shape[3];
            x = x.view(new long[] { n, c, h * w });
            x = x.transpose(-1, -2);
            var residue_short = x;
            x = layernorm_1.forward(x);
            x = attention_1.forward(x, x);
            x += residue_short;
            residue_short = x;
            x = layernorm_2.forward(x);
            x = attention_2.forward(x, context);
            x += residue_short;
            residue_short = x;
            x = layernorm_3.forward(x);
            var ret = linear_geglu_1.forward(x).chunk(2, -1);
            x = ret[0];
            var gate = ret[1];
            x = x * torch.nn.functional.gelu(gate);
            x = linear_geglu_2.forward(x);
            x += residue_short;
            x = x.transpose(-1, -2);
            x = x.view(new long[] { n, c, h, w });
            var output = conv_output.forward(x) + residue_long;
            return output.MoveToOuterDisposeScope();
        }
    }

    public class DiffusionUpsample : Module<Tensor, Tensor>
    {
        internal readonly Conv2d conv;

        public DiffusionUpsample(long channels) : base("Upsample")
        {
            conv = Conv2d(channels, channels, kernel_size: 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            x = torch.nn.functional.interpolate(x, scale_factor: new double[] { 2, 2 });
            var output = conv.forward(x);
            return output.MoveToOuterDisposeScope();
        }
    }

    internal class SwitchSequential : Sequential<Tensor, Tensor, Tensor, Tensor>
    {
        internal SwitchSequential(params torch.nn.Module[] modules) : base(modules)
        {
        }

        public override Tensor forward(Tensor x, Tensor context, Tensor time)
        {
            using var _ = NewDisposeScope();
            foreach (var layer in children())
            {
                switch (layer)
                {
                    case AttentionBlock attention:
                        x = attention.call(x, context);
                        break;
                    case ResidualBlock residual:
                        x = residual.call(x, time);
                        break;
                    case Module<Tensor, Tensor> plain:
                        x = plain.call(x);
                        break;
                }
            }

            return x.MoveToOuterDisposeScope();
        }
    }

    internal class DiffusionUNet : Module<Tensor, Tensor, Tensor, Tensor>
    {
        internal readonly ModuleList<SwitchSequential> encoders;
        internal readonly SwitchSequential bottleneck;
        internal readonly ModuleList<SwitchSequential> decoders;

        internal DiffusionUNet() : base("UNet")
        {
            encoders = new ModuleList<SwitchSequential>(
                new SwitchSequential(Conv2d(4, 16, 3, padding: 1)),
                new SwitchSequential(new ResidualBlock(16, 16), new AttentionBlock(2, 8)),
                new SwitchSequential(Conv2d(16, 16, 3, stride: 2, padding: 1)),
                new SwitchSequential(new ResidualBlock(16, 32), new AttentionBlock(2, 16)));
            bottleneck = new SwitchSequential(new ResidualBlock(32, 32), new AttentionBlock(2, 16), new ResidualBlock(32, 32));
            decoders = new ModuleList<SwitchSequential>(
                new SwitchSequential(new ResidualBlock(64, 32), new AttentionBlock(2, 16)),
                new SwitchSequential(new ResidualBlock(48, 16), new AttentionBlock(2, 8), new DiffusionUpsample(16)),
                new SwitchSequential(new ResidualBlock(32, 16), new AttentionBlock(2, 8)),
                new SwitchSequential(new ResidualBlock(32, 16)));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x, Tensor context, Tensor time)
        {
            using var _ = NewDisposeScope();
            List<Tensor> skip_connections = new List<Tensor>();
            foreach (var layers in encoders)
            {
                x = layers.forward(x, context, time);
                skip_connections.Add(x);
            }

            x = bottleneck.forward(x, context, time);
            foreach (var layers in decoders)
            {
                var skip = skip_connections.Last();
                x = torch.cat(new Tensor[] { x, skip }, 1);
                skip_connections.RemoveAt(skip_connections.Count - 1);
                x = layers.forward(x, context, time);
            }

            return x.MoveToOuterDisposeScope();
        }
    }

    public class FinalLayer : Module<Tensor, Tensor>
    {
        internal readonly Conv2d conv;
        internal readonly GroupNorm groupnorm;

        public FinalLayer(long in_channels, long out_channels) : base("FinalLayer")
        {
            groupnorm = GroupNorm(4, in_channels);
            conv = Conv2d(in_channels, out_channels, kernel_size: 3, padding: 1);
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            x = groupnorm.forward(x);
            x = torch.nn.functional.silu(x);
            x = conv.forward(x);
            return x.MoveToOuterDisposeScope();
        }
    }
}
