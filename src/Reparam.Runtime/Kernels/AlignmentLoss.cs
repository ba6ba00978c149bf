namespace Reparam.Runtime.Kernels;

/// <summary>
/// The loss of connectionist temporal classification: the sum over all alignments by the forward recursion (Graves et al., 2006, equations 6 to 8), in
/// logarithms and double precision.
/// </summary>
internal static class AlignmentLoss
{
    /// <summary>One loss for each sequence: [N], or [] without a batch.</summary>
    public static Tensor Run(Tensor logProbs, Tensor targets, Tensor inputLengths, Tensor targetLengths, int blank)
    {
        if (logProbs.Rank is not (2 or 3) || !logProbs.IsFloatingPoint())
        {
            throw new ArgumentException($"ctc_loss takes logarithms [T, N, C] or [T, C], not {Layout.Describe(logProbs.Shape)} of {logProbs.Dtype}.");
        }

        var batched = logProbs.Rank == 3 ? logProbs : logProbs.Unsqueeze(1);
        var (steps, sequences, classes) = ((int)batched.Shape[0], (int)batched.Shape[1], (int)batched.Shape[2]);
        var (inputs, counts) = (Lengths(inputLengths), Lengths(targetLengths));
        if (inputs.Length != sequences || counts.Length != sequences || blank < 0 || blank >= classes)
        {
            throw new ArgumentException(
                $"ctc_loss: {sequences} sequence(s) of {classes} classes have {inputs.Length} and {counts.Length} lengths, and {blank} as the blank class.");
        }

        var values = batched.ToType(DType.Float64).ToArray<double>();
        var labels = targets.ToType(DType.Int64).ToArray<long>();
        var isPadded = targets.Rank == 2;
        var losses = new double[sequences];
        var start = 0;
        for (var n = 0; n < sequences; n++)
        {
            var from = isPadded ? n * (int)targets.Shape[1] : start;
            if (inputs[n] < 0 || inputs[n] > steps || counts[n] < 0 || from + counts[n] > labels.Length || (isPadded && counts[n] > targets.Shape[1]))
            {
                throw new ArgumentException($"ctc_loss: sequence {n} has {inputs[n]} of {steps} steps and {counts[n]} classes, which the tensors do not hold.");
            }

            var sequence = n;
            losses[n] = One(
                labels.AsSpan(from, counts[n]), inputs[n], classes, blank, (step, label) => values[(step * sequences + sequence) * classes + label]);
            start += counts[n];
        }

        var result = Torch.Tensor(losses).ToType(logProbs.Dtype);
        return logProbs.Rank == 3 ? result : result.Squeeze(0);
    }

    private static int[] Lengths(Tensor lengths) => Array.ConvertAll(lengths.ToType(DType.Int64).ToArray<long>(), length => checked((int)length));

    private static double One(ReadOnlySpan<long> target, int steps, int classes, int blank, Func<int, int, double> logarithm)
    {
        // The target with a blank before, between and behind its classes.
        var states = new int[2 * target.Length + 1];
        Array.Fill(states, blank);
        for (var i = 0; i < target.Length; i++)
        {
            states[2 * i + 1] = target[i] >= 0 && target[i] < classes
                ? (int)target[i]
                : throw new ArgumentException($"ctc_loss: target {target[i]} is none of {classes} classes.");
        }

        if (steps == 0)
        {
            return target.Length == 0 ? 0 : double.PositiveInfinity;
        }

        var sums = new double[states.Length];
        var next = new double[states.Length];
        Array.Fill(sums, double.NegativeInfinity);
        for (var state = 0; state < Math.Min(2, states.Length); state++)
        {
            sums[state] = logarithm(0, states[state]);
        }

        for (var step = 1; step < steps; step++)
        {
            for (var state = 0; state < states.Length; state++)
            {
                // From the state itself, the one before, and past a blank between different classes.
                var sum = state > 0 ? SpecialFunctions.LogAddExp(sums[state], sums[state - 1]) : sums[state];
                var mayPass = state > 1 && states[state] != blank && states[state] != states[state - 2];
                sum = mayPass ? SpecialFunctions.LogAddExp(sum, sums[state - 2]) : sum;
                next[state] = sum + logarithm(step, states[state]);
            }

            (sums, next) = (next, sums);
        }

        return -(states.Length > 1 ? SpecialFunctions.LogAddExp(sums[^1], sums[^2]) : sums[^1]);
    }
}
