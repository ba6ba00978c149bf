using System.IO.Hashing;
using System.Text;
using static TorchSharp.torch;

namespace Reparam.Training;

/// <summary>Hashes of tensors' content: XxHash128 over names, types, shapes and bytes.</summary>
internal static class StateDigest
{
    // Elements copied at a time: spans end at 2 GiB.
    private const long Part = 1 << 26;

    // A tensor up to this size is looked at whole by a glance, of a larger one as many elements.
    private const long Glanced = 1 << 12;

    /// <summary>The hash of a state, 32 hexadecimal digits.</summary>
    /// <param name="state">Names and tensors, on any device; the order counts.</param>
    public static string Of(IEnumerable<(string Name, Tensor Tensor)> state)
    {
        var hash = new XxHash128();
        foreach (var (name, tensor) in state)
        {
            hash.Append(Encoding.UTF8.GetBytes($"{name}:{tensor.dtype}:{string.Join(',', tensor.shape)};"));
            Append(hash, tensor);
        }

        return Convert.ToHexStringLower(hash.GetCurrentHash());
    }

    /// <summary>
    /// A hash that costs little: whole tensors up to 4,096 elements, evenly spread elements of larger ones. Whatever writes a tensor as a whole changes it.
    /// Tensors that lie elsewhere than in this machine's memory are passed over.
    /// </summary>
    /// <param name="state">Tensors.</param>
    public static ulong Glance(IEnumerable<Tensor> state)
    {
        var hash = new XxHash3();
        foreach (var tensor in state)
        {
            if (tensor.device_type != TorchSharp.DeviceType.CPU || !tensor.is_contiguous() || tensor.numel() == 0)
            {
                continue;
            }

            if (tensor.numel() <= Glanced)
            {
                hash.Append(tensor.bytes);
                continue;
            }

            // Taken out by TorchSharp: a tensor may be longer than a span.
            using var scope = NewDisposeScope();
            hash.Append(tensor.detach().view(-1).slice(0, 0, tensor.numel(), tensor.numel() / (Glanced / 8)).contiguous().bytes);
        }

        return hash.GetCurrentHashAsUInt64();
    }

    private static void Append(XxHash128 hash, Tensor tensor)
    {
        using var noGrad = no_grad();
        using var scope = NewDisposeScope();
        var flat = tensor.detach().cpu().contiguous().view(-1);
        for (long start = 0; start < flat.numel(); start += Part)
        {
            hash.Append(flat.narrow(0, start, Math.Min(Part, flat.numel() - start)).bytes);
        }
    }
}
