using System.CommandLine;

namespace Reparam.Benchmarks.Commands;

/// <summary>What this program measures, one verb each; they print the figures of the documents.</summary>
internal static class Verbs
{
    /// <summary>Every verb.</summary>
    public static RootCommand Root() => new("Measures coders, kernels and models on random matrices, layouts on a checkpoint, and how much model code works.")
    {
        BatchesCommand.Create(),
        CalibrationCommand.Create(),
        CodingCommand.Create(),
        ErrorCommand.Create(),
        GeneratorCommand.Create(),
        KernelsCommand.Create(),
        LayoutsCommand.Create(),
        ModelCommand.Create(),
        OperationsCommand.Create(),
        PartsCommand.Create(),
        ResNetCommand.Create(),
        SentencesCommand.Create(),
        SurveyCommand.Create(),
        UniformCommand.Create(),
    };
}
