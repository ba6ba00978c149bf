namespace Reparam.Runtime.Packed;

/// <summary>What rounded tables and scales add to the bound of a row; see <see cref="ProductBound"/>.</summary>
internal struct ProductParts
{
    /// <summary>λ of the bounds that hold but for a small chance.</summary>
    public const double Lambda = 8;

    private const double HalfStep = 0.51;
    private const int Quad = 4;
    private readonly double steps;
    private double lookUps;
    private double squares;
    private double scales;

    /// <summary>Nothing yet.</summary>
    /// <param name="steps">T: steps of a table's largest entry.</param>
    public ProductParts(double steps) => this.steps = steps;

    /// <summary>What rounded tables and rounded scales owe.</summary>
    public readonly double Rounded => Math.Min(lookUps, Lambda * Math.Sqrt(squares)) + scales;

    /// <summary>Look-ups of four columns each, in tables of signed sums of inputs.</summary>
    /// <param name="columns">Columns.</param>
    /// <param name="amplitude">What the sums of a quad are multiplied by, at most.</param>
    public void AddQuads(int columns, double amplitude) => AddTables(((columns - 1) / Quad) + 1, Quad * amplitude);

    /// <summary>Some look-ups in tables with entries of one size.</summary>
    /// <param name="count">Look-ups.</param>
    /// <param name="largest">The largest entry times what a look-up is multiplied by.</param>
    public void AddTables(int count, double largest) => Add(count, largest / steps);

    /// <summary>Some values that are rounded to whole steps.</summary>
    /// <param name="count">Values.</param>
    /// <param name="step">The step times what a value is multiplied by.</param>
    public void Add(int count, double step)
    {
        var half = HalfStep * step;
        lookUps += count * half;
        squares += count * half * half;
    }

    /// <summary>Scales that are rounded.</summary>
    /// <param name="columns">Columns that they are multiplied with.</param>
    /// <param name="error">The error of all of them in the 2-norm.</param>
    public void AddRoundedScales(double columns, double error) => scales += Math.Min(Lambda, Math.Sqrt(columns)) * error;
}
