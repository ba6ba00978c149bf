using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints;
using Reparam.Checkpoints.Safetensors;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace CharGpt.Trainer;

/// <summary>What an interrupted training needs to go on: weights, optimizer and progress, all in one file, so that they always belong together.</summary>
public static class TrainingState
{
    private const string ProgressKey = "chargpt.progress";
    private const string OptimizerTensor = "optimizer";

    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    /// <summary>Writes the file; an existing one is replaced at the end.</summary>
    public static void Save(string path, CharTransformer model, OptimizerHelper optimizer, TrainingProgress progress)
    {
        using var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(bytes, System.Text.Encoding.UTF8, leaveOpen: true))
        {
            optimizer.save_state_dict(writer);
        }

        var file = new SafetensorsWriter();
        foreach (var (name, tensor) in model.state_dict())
        {
            file.Add<float>(name, tensor.shape, tensor.data<float>().ToArray());
        }

        file.Add(OptimizerTensor, DType.U8, [bytes.Length], bytes.ToArray());
        file.SetMetadata(ProgressKey, JsonSerializer.Serialize(progress, Json));
        file.Write(path);
    }

    /// <summary>Reads weights and optimizer into those given.</summary>
    /// <returns>Where to go on.</returns>
    /// <exception cref="CheckpointException">The file is no training state of this model.</exception>
    public static TrainingProgress Load(string path, CharTransformer model, OptimizerHelper optimizer)
    {
        using var checkpoint = Checkpoint.Open(path);
        ReadModel(checkpoint, model);
        using var reader = new BinaryReader(new MemoryStream(checkpoint.Bytes(OptimizerTensor).ToArray()));
        optimizer.load_state_dict(reader);
        return ReadProgress(checkpoint);
    }

    /// <summary>Reads how far a training has come; null if the file does not exist.</summary>
    public static TrainingProgress? ReadProgress(string path)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        using var checkpoint = Checkpoint.Open(path);
        return ReadProgress(checkpoint);
    }

    private static void ReadModel(ICheckpoint checkpoint, CharTransformer model)
    {
        var state = model.state_dict();
        var different = checkpoint.Names.Where(name => name != OptimizerTensor).ToHashSet();
        different.SymmetricExceptWith(state.Keys);
        if (different.Count > 0)
        {
            throw new InvalidDataException($"{checkpoint.Path} belongs to another model; only one of the two has {string.Join(", ", different.Order())}.");
        }

        using var noGrad = no_grad();
        foreach (var (name, tensor) in state)
        {
            using var values = torch.tensor(checkpoint.ReadSingles(name)).view([.. checkpoint.Info(name).Shape]);
            tensor.copy_(values);
        }
    }

    private static TrainingProgress ReadProgress(ICheckpoint checkpoint)
    {
        return checkpoint.Metadata.TryGetValue(ProgressKey, out var text)
            ? JsonSerializer.Deserialize<TrainingProgress>(text, Json)!
            : throw new InvalidDataException($"{checkpoint.Path}: no metadata entry '{ProgressKey}'; this is no training state.");
    }
}
