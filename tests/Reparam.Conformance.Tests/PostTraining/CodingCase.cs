using Reparam.Compression;
using Reparam.Compression.Calibration;
using Reparam.Compression.Methods;
using Reparam.Conformance.Tests.Methods;
using Reparam.Conformance.Tests.Models;

namespace Reparam.Conformance.Tests.PostTraining;

/// <summary>A line of a post-training method, as options of its coder, and small weights to code.</summary>
internal static class CodingCase
{
    public const int Rows = 37;
    public const int Columns = 83;

    private static readonly Dictionary<string, ModelCase> Cases = ModelCases.Single
        .Where(model => typeof(PostTrainingAttribute).IsAssignableFrom(model.Methods[0].Attribute))
        .DistinctBy(model => model.Methods[0])
        .ToDictionary(model => model.Methods[0].ToString(), StringComparer.Ordinal);

    /// <summary>All lines of post-training methods.</summary>
    public static IReadOnlyList<string> All { get; } = [.. Cases.Keys];

    /// <summary>The options of a line.</summary>
    public static MethodOptions Options(string line) => (PostTrainingAttribute)ModelRun.Attributes(Cases[line]).Single();

    /// <summary>Weights of a bell-shaped distribution, [<see cref="Rows"/>, <see cref="Columns"/>].</summary>
    public static float[] Weights(int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, Rows * Columns).Select(_ => (float)((random.NextDouble() + random.NextDouble() + random.NextDouble() - 1.5) * 0.1))];
    }

    /// <summary>Second moments of inputs of unlike sizes.</summary>
    public static LayerCalibration Calibration()
    {
        var random = new Random(5);
        const int Tokens = 200;
        var gram = new float[Columns * Columns];
        for (var token = 0; token < Tokens; token++)
        {
            var x = Enumerable.Range(0, Columns).Select(k => (random.NextDouble() - 0.5) * (1 + (k % 7))).ToArray();
            for (var i = 0; i < Columns; i++)
            {
                for (var k = 0; k < Columns; k++)
                {
                    gram[(i * Columns) + k] += (float)(x[i] * x[k] / Tokens);
                }
            }
        }

        return new LayerCalibration(new Gram(Columns, gram, Tokens));
    }

    /// <summary>Codes weights.</summary>
    /// <param name="options">How.</param>
    /// <param name="weights">[rows, columns].</param>
    /// <param name="rows">Rows.</param>
    /// <param name="isCalibrated">Whether second moments are given; methods that need them get them always.</param>
    /// <param name="threads">Threads.</param>
    public static CodedLayer Encode(MethodOptions options, float[] weights, int rows = Rows, bool isCalibrated = false, int threads = 1)
    {
        var columns = weights.Length / rows;
        var sessions = new CodingSessions([new SessionLayer("w", rows, columns, options, () => weights)], new SessionSettings(threads));
        var calibration = columns == Columns && (isCalibrated || options.Method.NeedsCalibration) ? Calibration() : null;
        return sessions.Encode(new LayerJob("w", weights, rows, columns, options, calibration, threads) { State = StateOf(options, columns) });
    }

    // What a method reads beside the weight is taken from a trained layer; what that has for each of its inputs is repeated.
    private static Dictionary<string, ReadOnlyMemory<float>> StateOf(MethodOptions options, int columns)
    {
        var names = options.Method.StateNames(options);
        if (names.Count == 0)
        {
            return [];
        }

        var (net, _) = ModelRun.Make(Cases.Values.First(model => options.Equals((MethodOptions)(PostTrainingAttribute)ModelRun.Attributes(model).Single())));
        var state = ModelRun.Layer(net).state_dict();
        return names.ToDictionary(name => name, name =>
        {
            var values = state[name].data<float>().ToArray();
            return (ReadOnlyMemory<float>)Enumerable.Range(0, values.Length == 1 ? 1 : columns).Select(k => values[k % values.Length]).ToArray();
        });
    }
}
