using System.Text.Json;
using Reparam.Checkpoints;
using Reparam.Training;

namespace CharGpt.Trainer;

/// <summary>Models in files: latents and state for further training, or folded to plain dense weights.</summary>
public static class ModelFile
{
    private const string ConfigKey = "reparam.config";

    private static readonly JsonSerializerOptions Json = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    /// <summary>A model as pretraining left it.</summary>
    public static CharTransformer LoadPretrained(string path) => Load(path, adapting: false);

    /// <summary>A model as fine-tuning left it, its adapters running.</summary>
    public static CharTransformer LoadFinetuned(string path) => Load(path, adapting: true);

    /// <summary>A model of folded weights, which its maps were attached to.</summary>
    public static CharTransformer LoadFolded(string path) => Load(path, adapting: false);

    /// <summary>Writes latents and state.</summary>
    public static void Save(string path, CharTransformer model) =>
        model.SaveSafetensors(path, new Dictionary<string, string> { [ConfigKey] = JsonSerializer.Serialize(model.Config, Json) });

    /// <summary>Writes the dense weights of a model under plain names, with what was measured on the way.</summary>
    public static void SaveFolded(string path, CharTransformer model, IEnumerable<(string Step, HeldOutLosses Losses)> steps) =>
        model.ExportDense(path, model.Config, steps.Index().Select(entry => TrainingRecord.Entry(entry.Index, entry.Item.Step, entry.Item.Losses)).ToDictionary());

    private static CharTransformer Load(string path, bool adapting)
    {
        var model = new CharTransformer(ReadConfig(path));
        if (adapting)
        {
            model.StartAdaptation();
        }

        model.LoadSafetensors(path);
        return model;
    }

    private static CharGptConfig ReadConfig(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        return checkpoint.Metadata.TryGetValue(ConfigKey, out var text)
            ? JsonSerializer.Deserialize<CharGptConfig>(text, Json)!
            : throw new InvalidDataException($"{path}: no metadata entry '{ConfigKey}'; the sizes of the model are unknown.");
    }
}
