//! new Zoo.ImageEncoder() : randn(1, 3, 32, 32)
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;
using static Zoo.EncoderCommon;

namespace Zoo;

/// <summary>A vision transformer with windows and relative positions, as segmentation models have it; its parts are nested or imported statically.</summary>
internal class ImageEncoder : Module<Tensor, Tensor>
{
    private readonly PatchEmbed patch_embed;
    private readonly Parameter? pos_embed;
    private readonly ModuleList<Block> blocks;
    private readonly Sequential neck;
    public readonly int img_size;

    public ImageEncoder(
        int img_size = 32, int patch_size = 4, int embed_dim = 32, int depth = 2, int num_heads = 4, float mlp_ratio = 2.0f, int out_chans = 16,
        bool use_abs_pos = true, bool use_rel_pos = true, int window_size = 3, int[]? global_attn_indexes = null)
        : base(nameof(ImageEncoder))
    {
        this.img_size = img_size;
        patch_embed = new PatchEmbed(patch_size, patch_size, embed_dim: embed_dim);
        pos_embed = null;
        if (use_abs_pos)
        {
            pos_embed = Parameter(zeros(1, img_size / patch_size, img_size / patch_size, embed_dim));
        }

        global_attn_indexes ??= new[] { 1 };
        blocks = new ModuleList<Block>();
        for (int i = 0; i < depth; i++)
        {
            Block block = new Block(
                dim: embed_dim,
                num_heads: num_heads,
                mlp_ratio: mlp_ratio,
                use_rel_pos: use_rel_pos,
                window_size: !global_attn_indexes.Contains(i) ? window_size : 0,
                input_size: (img_size / patch_size, img_size / patch_size));
            blocks.append(block);
        }

        neck = Sequential(
            Conv2d(embed_dim, out_chans, kernel_size: 1, bias: false),
            new LayerNorm2d(out_chans),
            Conv2d(out_chans, out_chans, kernel_size: 3, padding: 1, bias: false),
            new LayerNorm2d(out_chans));
        RegisterComponents();
    }

    public override Tensor forward(Tensor x)
    {
        using var _ = NewDisposeScope();
        x = this.patch_embed.forward(x);
        if (this.pos_embed is not null)
        {
            x = x + this.pos_embed;
        }

        foreach (Block blk in this.blocks)
        {
            x = blk.forward(x);
        }

        x = this.neck.forward(x.permute(new long[] { 0, 3, 1, 2 }));
        return x.MoveToOuterDisposeScope();
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            patch_embed.Dispose();
            pos_embed?.Dispose();
            foreach (var block in blocks)
            {
                block?.Dispose();
            }

            neck?.Dispose();
        }

        base.Dispose(disposing);
    }

    private class PatchEmbed : Module<Tensor, Tensor>
    {
        private readonly Conv2d proj;

        internal PatchEmbed(long kernel_size = 16, long stride = 16, long padding = 0, int in_chans = 3, int embed_dim = 768) : base(nameof(PatchEmbed))
        {
            proj = Conv2d(
                in_channels: in_chans, out_channels: embed_dim, kernel_size: (kernel_size, kernel_size), stride: (stride, stride), padding: (padding, padding));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            x = proj.forward(x);
            x = x.permute(0, 2, 3, 1);
            return x;
        }
    }

    private class Attention : Module<Tensor, Tensor>
    {
        private readonly int num_heads;
        private readonly float scale;
        private readonly Linear qkv;
        private readonly Linear proj;
        private readonly bool use_rel_pos;
        private readonly Tensor? rel_pos_h;
        private readonly Tensor? rel_pos_w;

        internal Attention(int dim, int num_heads = 8, bool qkv_bias = true, bool use_rel_pos = false, (int, int)? input_size = null) : base(nameof(Attention))
        {
            this.num_heads = num_heads;
            var head_dim = dim / num_heads;
            scale = MathF.Pow(head_dim, -0.5f);
            qkv = Linear(dim, dim * 3, hasBias: qkv_bias);
            proj = Linear(dim, dim);
            this.use_rel_pos = use_rel_pos;
            if (this.use_rel_pos)
            {
                if (input_size is null)
                {
                    throw new ArgumentNullException(nameof(input_size), "input_size must be provided when use_rel_pos is true.");
                }

                rel_pos_h = Parameter(zeros(2 * input_size.Value.Item1 - 1, head_dim));
                rel_pos_w = Parameter(zeros(2 * input_size.Value.Item2 - 1, head_dim));
            }

            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            long B = x.shape[0];
            long H = x.shape[1];
            long W = x.shape[2];
            Tensor qkv = this.qkv.forward(x).reshape(B, H * W, 3, num_heads, -1).permute(2, 0, 3, 1, 4);
            Tensor[] qkv_mix = qkv.reshape(3, B * num_heads, H * W, -1).unbind(0);
            Tensor q = qkv_mix[0];
            Tensor k = qkv_mix[1];
            Tensor v = qkv_mix[2];
            Tensor attn = (q * scale).matmul(k.transpose(-2, -1));
            if (use_rel_pos)
            {
                attn = add_decomposed_rel_pos(attn, q, rel_pos_h!, rel_pos_w!, (H, W), (H, W));
            }

            attn = attn.softmax(dim: -1);
            x = attn.matmul(v).view(B, num_heads, H, W, -1).permute(0, 2, 3, 1, 4).reshape(B, H, W, -1);
            x = proj.forward(x);
            return x.MoveToOuterDisposeScope();
        }

        private Tensor add_decomposed_rel_pos(Tensor attn, Tensor q, Tensor rel_pos_h, Tensor rel_pos_w, (long, long) q_size, (long, long) k_size)
        {
            (long q_h, long q_w) = q_size;
            (long k_h, long k_w) = k_size;
            Tensor Rh = get_rel_pos(q_h, k_h, rel_pos_h);
            Tensor Rw = get_rel_pos(q_w, k_w, rel_pos_w);
            long B = q.shape[0];
            long dim = q.shape[2];
            Tensor r_q = q.reshape(B, q_h, q_w, dim);
            Tensor rel_h = einsum("bhwc,hkc->bhwk", r_q, Rh);
            Tensor rel_w = einsum("bhwc,wkc->bhwk", r_q, Rw);
            return (
                attn.view(B, q_h, q_w, k_h, k_w) + rel_h[.., .., .., .., TensorIndex.None] + rel_w[.., .., .., TensorIndex.None, ..]
            ).view(B, q_h * q_w, k_h * k_w);
        }

        private Tensor get_rel_pos(long q_size, long k_size, Tensor rel_pos)
        {
            Tensor q_coords = arange(q_size)[.., TensorIndex.None] * Math.Max(k_size / q_size, 1.0);
            Tensor k_coords = arange(k_size)[TensorIndex.None, ..] * Math.Max(q_size / k_size, 1.0);
            Tensor relative_coords = q_coords - k_coords + (k_size - 1) * Math.Max(q_size / k_size, 1.0);
            return rel_pos[relative_coords.@long()];
        }
    }

    private class Block : Module<Tensor, Tensor>
    {
        private readonly LayerNorm norm1;
        private readonly Attention attn;
        private readonly LayerNorm norm2;
        private readonly MLPBlock mlp;
        private readonly int window_size;

        public Block(int dim, int num_heads, float mlp_ratio = 4.0f, bool use_rel_pos = false, int window_size = 0, (int, int)? input_size = null)
            : base(nameof(Block))
        {
            this.window_size = window_size;
            norm1 = LayerNorm(dim, eps: 1e-6);
            attn = new Attention(
                dim, num_heads: num_heads, use_rel_pos: use_rel_pos, input_size: window_size == 0 ? input_size : (window_size, window_size));
            norm2 = LayerNorm(dim, eps: 1e-6);
            mlp = new MLPBlock(embedding_dim: dim, mlp_dim: (int)(dim * mlp_ratio));
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            using var _ = NewDisposeScope();
            Tensor shortcut = x;
            x = norm1.forward(x);
            long H = 0, W = 0;
            (int, int) pad_hw = (0, 0);
            if (window_size > 0)
            {
                (H, W) = (x.shape[1], x.shape[2]);
                (x, pad_hw) = window_partition(x, window_size);
            }

            x = attn.forward(x);
            if (window_size > 0)
            {
                x = window_unpartition(x, window_size, pad_hw, ((int)H, (int)W));
            }

            x = shortcut + x;
            x = x + mlp.forward(norm2.forward(x));
            return x.MoveToOuterDisposeScope();
        }
    }

    private static (Tensor, (int, int)) window_partition(Tensor x, int window_size)
    {
        int B = (int)x.shape[0];
        int H = (int)x.shape[1];
        int W = (int)x.shape[2];
        int C = (int)x.shape[3];
        int pad_h = (window_size - H % window_size) % window_size;
        int pad_w = (window_size - W % window_size) % window_size;
        if (pad_h > 0 || pad_w > 0)
        {
            x = functional.pad(x, new long[] { 0, 0, 0, pad_w, 0, pad_h });
        }

        (int Hp, int Wp) = (H + pad_h, W + pad_w);
        x = x.view(B, Hp / window_size, window_size, Wp / window_size, window_size, C);
        Tensor windows = x.permute(0, 1, 3, 2, 4, 5).contiguous().view(-1, window_size, window_size, C);
        return (windows, (Hp, Wp));
    }

    private static Tensor window_unpartition(Tensor windows, int window_size, (int, int) pad_hw, (int, int) hw)
    {
        (int Hp, int Wp) = pad_hw;
        (int H, int W) = hw;
        long B = windows.shape[0] / (Hp * Wp / window_size / window_size);
        Tensor x = windows.view(B, Hp / window_size, Wp / window_size, window_size, window_size, -1);
        x = x.permute(0, 1, 3, 2, 4, 5).contiguous().view(B, Hp, Wp, -1);
        if (Hp > H || Wp > W)
        {
            x = x[.., ..H, ..W, ..].contiguous();
        }

        return x;
    }
}

internal static class EncoderCommon
{
    internal class MLPBlock : Module<Tensor, Tensor>
    {
        private readonly Linear lin1;
        private readonly Linear lin2;
        private readonly Module<Tensor, Tensor> act;

        internal MLPBlock(int embedding_dim, int mlp_dim, Module<Tensor, Tensor>? act = null) : base(nameof(MLPBlock))
        {
            lin1 = Linear(embedding_dim, mlp_dim);
            lin2 = Linear(mlp_dim, embedding_dim);
            this.act = act ?? GELU();
            RegisterComponents();
        }

        public override Tensor forward(Tensor x) => lin2.forward(act.forward(lin1.forward(x)));
    }

    internal class LayerNorm2d : Module<Tensor, Tensor>
    {
        private readonly Parameter weight;
        private readonly Parameter bias;
        private readonly float eps;

        internal LayerNorm2d(int num_channels, float eps = 1e-6f) : base(nameof(LayerNorm2d))
        {
            weight = Parameter(ones(num_channels));
            bias = Parameter(zeros(num_channels));
            this.eps = eps;
            RegisterComponents();
        }

        public override Tensor forward(Tensor x)
        {
            Tensor u = x.mean(new long[] { 1 }, keepdim: true);
            Tensor s = (x - u).pow(2).mean(new long[] { 1 }, keepdim: true);
            x = (x - u) / sqrt(s + eps);
            x = weight[.., TensorIndex.None, TensorIndex.None] * x + bias[.., TensorIndex.None, TensorIndex.None];
            return x;
        }
    }
}
