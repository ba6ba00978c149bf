using static TorchSharp.torch;

namespace Reparam.Training.AdaLoRA;

/// <summary>
/// Moves ranks between layers: after each step it scores them, and where the schedule says so it sets E to zero for those of the smallest scores over all
/// layers. They keep gradients
/// and moments, so they may come back until the last phase. To the loss it adds λ times the mean over all factors of ‖AAᵀ − I‖ and ‖BᵀB − I‖ (Frobenius
/// norms, not squared, as the official code has it).
/// </summary>
public sealed class AdaLoRARule : ModelRule
{
    private BudgetSchedule? schedule;

    /// <summary>The schedule of the whole model.</summary>
    public BudgetSchedule Schedule => schedule ?? throw new InvalidOperationException("The rule has no layers yet.");

    private AdaLoRAAttribute Options => OptionsOf(Layers[0]);

    /// <inheritdoc/>
    protected override void Begin()
    {
        var first = Options;
        if (first.TotalSteps <= (long)first.TInit + first.TFinal)
        {
            throw new ArgumentException($"{Layers[0].Path} (AdaLoRA): TotalSteps is {first.TotalSteps}, expected more than TInit + TFinal = "
                + $"{(long)first.TInit + first.TFinal}: the schedule needs the number of steps beforehand.");
        }

        foreach (var layer in Layers)
        {
            var own = OptionsOf(layer);
            if ((own.TotalSteps, own.TInit, own.TFinal, own.DeltaT, own.Beta1, own.Beta2, own.OrthWeight)
                != (first.TotalSteps, first.TInit, first.TFinal, first.DeltaT, first.Beta1, first.Beta2, first.OrthWeight))
            {
                throw new ArgumentException($"{layer.Path} (AdaLoRA) has another schedule, decay or OrthWeight than {Layers[0].Path}; "
                    + "the layers of a model share one budget, so only the ranks, Alpha and Dropout may differ.");
            }

            ImportanceScores.Clear(layer);
        }

        schedule = new BudgetSchedule(Layers.Sum(l => (long)OptionsOf(l).InitRank), Layers.Sum(l => (long)OptionsOf(l).TargetRank), first);
    }

    /// <inheritdoc/>
    protected override Tensor? Loss()
    {
        if (Options.OrthWeight == 0)
        {
            return null;
        }

        var terms = Layers.SelectMany(l => new[] { Distance(l.Parameter("a")), Distance(l.Parameter("b").t()) }).ToArray();
        return terms.Aggregate((sum, term) => sum + term) * (Options.OrthWeight / terms.Length);
    }

    /// <inheritdoc/>
    protected override void AfterStep(long step)
    {
        if (Schedule.Scores(step))
        {
            var isAny = false;
            foreach (var layer in Layers)
            {
                isAny |= ImportanceScores.Update(layer, Options);
            }

            if (!isAny)
            {
                throw new InvalidOperationException(
                    "AdaLoRA: all gradients are zero, so no rank could be told from another. Call AfterOptimizerStep() after backward() and "
                        + "optimizer.step(), and zero_grad() after it.");
            }
        }

        if (Schedule.Chooses(step))
        {
            Mask(Schedule.Budget(step));
        }
    }

    // ‖M·Mᵀ − I‖ with gradient 0, not 0/0, where the rows are orthonormal.
    private static Tensor Distance(Tensor rows)
    {
        var square = (rows.mm(rows.t()) - eye(rows.shape[0], dtype: rows.dtype, device: rows.device)).square().sum();
        return where(square > 0, square.clamp_min(1e-30).sqrt(), zeros_like(square));
    }

    private static AdaLoRAAttribute OptionsOf(RuleLayer layer) => (AdaLoRAAttribute)layer.Options;

    // Exactly as many as are too many, so that equal scores do not empty the model: of equal ones the later goes first.
    private void Mask(long budget)
    {
        var scores = new List<(double Score, int Layer, int Rank)>();
        for (var i = 0; i < Layers.Count; i++)
        {
            var values = ImportanceScores.Of(Layers[i]).cpu().to(ScalarType.Float64).data<double>().ToArray();
            if (!Array.TrueForAll(values, double.IsFinite))
            {
                throw new InvalidOperationException($"{Layers[i].Path} (AdaLoRA): the importance of its ranks is not finite; "
                    + "parameters or gradients have run away.");
            }

            scores.AddRange(values.Select((value, rank) => (value, i, rank)));
        }

        var dropped = scores.OrderBy(s => s.Score).ThenByDescending(s => s.Layer).ThenByDescending(s => s.Rank)
            .Take((int)Math.Max(0, scores.Count - budget)).ToLookup(s => s.Layer, s => s.Rank);
        for (var i = 0; i < Layers.Count; i++)
        {
            if (dropped[i].Any())
            {
                var e = Layers[i].Parameter("e");
                e.index_fill_(0, tensor(dropped[i].Select(rank => (long)rank).ToArray(), device: e.device), 0);
            }
        }
    }
}
