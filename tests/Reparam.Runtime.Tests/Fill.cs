using Reparam.Runtime;

namespace Reparam.Runtime.Tests;

/// <summary>Fills layers without a checkpoint.</summary>
internal static class Fill
{
    /// <summary>Small random weights; running variances become positive.</summary>
    public static T Randomly<T>(T module, int seed = 1)
        where T : Module
    {
        module.Accept(new Filler(seed));
        return module;
    }

    private sealed class Filler(int seed) : ComponentVisitor
    {
        protected override void OnParameter(string name, Parameter parameter) =>
            parameter.Fill(Parity.Pair.FloatValues(parameter.Count, seed + name.Length, ugly: false, scale: 0.1));

        protected override void OnBuffer(string name, Tensor buffer) =>
            ((Parameter)buffer).Fill([.. Parity.Pair.FloatValues(buffer.Count, seed + name.Length, ugly: false).Select(value => value * value + 0.1f)]);
    }
}
