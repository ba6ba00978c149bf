namespace CharGpt.Trainer;

/// <summary>Shows how a training goes.</summary>
public interface ITrainingReport
{
    /// <summary>After each step.</summary>
    /// <param name="step">Steps done.</param>
    /// <param name="loss">Loss of the step's batch; NaN when it was not read.</param>
    void Step(int step, double loss);

    /// <summary>After each evaluation.</summary>
    void Evaluated(int step, double heldOutLoss, bool best);
}
