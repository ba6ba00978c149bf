using System.Text.Json;
using Reparam.Checkpoints;

namespace Reparam.Runtime;

/// <summary>
/// The constructor's values that a checkpoint has: the metadata entry <c>reparam.config</c>, a JSON object with snake_case names. Emitted
/// <c>Load(path)</c> methods read it.
/// </summary>
public sealed class CheckpointConfig
{
    /// <summary>Name of the metadata entry.</summary>
    public const string MetadataKey = "reparam.config";

    private readonly string path;
    private readonly long storedBytes;
    private readonly JsonElement values;

    private CheckpointConfig(ICheckpoint checkpoint, JsonElement values)
    {
        path = checkpoint.Path;
        storedBytes = checkpoint.Names.Sum(name => checkpoint.Info(name).ByteLength);
        this.values = values;
    }

    /// <summary>Reads the entry of a checkpoint.</summary>
    /// <param name="path">A safetensors file, the index of shards, or a folder with one of either.</param>
    /// <exception cref="CheckpointException">The file cannot be read, or it has no such entry, or the entry is no JSON object.</exception>
    public static CheckpointConfig Open(string path)
    {
        using var checkpoint = Checkpoint.Open(path);
        if (!checkpoint.Metadata.TryGetValue(MetadataKey, out var text))
        {
            throw new CheckpointException(
                checkpoint.Path, null, CheckpointRule.Metadata,
                $"found no metadata entry '{MetadataKey}', expected a JSON object with the model's constructor values");
        }

        try
        {
            using var document = JsonDocument.Parse(text, new JsonDocumentOptions { AllowDuplicateProperties = false });
            return document.RootElement.ValueKind == JsonValueKind.Object
                ? new CheckpointConfig(checkpoint, document.RootElement.Clone())
                : throw new CheckpointException(
                    checkpoint.Path, null, CheckpointRule.Metadata, $"'{MetadataKey}' is {document.RootElement.ValueKind}, expected a JSON object");
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // InvalidOperationException: a name with an escaped half of a surrogate pair.
            throw new CheckpointException(checkpoint.Path, null, CheckpointRule.Metadata, $"'{MetadataKey}' is not JSON: {exception.Message}", exception);
        }
    }

    /// <summary>
    /// Makes a model of the entry's values. What it takes is bounded by the size of the checkpoint, so that no few bytes of a damaged file can ask for any
    /// amount.
    /// </summary>
    /// <param name="make">Reads the values and calls the constructor; may not keep this object.</param>
    /// <exception cref="CheckpointException">
    /// A value is missing or of another kind, the constructor does not take the values, or the model takes more memory than the checkpoint justifies.
    /// </exception>
    public T Construct<T>(Func<CheckpointConfig, T> make)
    {
        ArgumentNullException.ThrowIfNull(make);
        var pool = TensorPool.Local;
        var outer = pool.Construction;
        pool.Construction = new ConstructionBudget(path, $"'{MetadataKey}'", storedBytes);
        try
        {
            return make(this);
        }
        catch (Exception exception) when (exception is ArgumentException or ArithmeticException or InvalidOperationException or IndexOutOfRangeException
            or OutOfMemoryException)
        {
            throw new CheckpointException(
                path, null, CheckpointRule.Metadata, $"'{MetadataKey}': the model does not take these values: {exception.Message}", exception);
        }
        finally
        {
            pool.Construction = outer;
        }
    }

    /// <summary>Whether the entry has a value of this name.</summary>
    public bool Contains(string name) => values.TryGetProperty(name, out _);

    /// <summary>A 32-bit integer.</summary>
    /// <exception cref="CheckpointException">There is no such value, or it is none.</exception>
    public int GetInt32(string name) => Find(name, JsonValueKind.Number).TryGetInt32(out var value) ? value : throw Wrong(name, "a 32-bit integer");

    /// <summary>A 64-bit integer.</summary>
    /// <exception cref="CheckpointException">There is no such value, or it is none.</exception>
    public long GetInt64(string name) => Find(name, JsonValueKind.Number).TryGetInt64(out var value) ? value : throw Wrong(name, "a 64-bit integer");

    /// <summary>A single-precision number.</summary>
    /// <exception cref="CheckpointException">There is no such value, or it is none.</exception>
    public float GetSingle(string name) =>
        (float)GetDouble(name) is var value && float.IsFinite(value) ? value : throw Wrong(name, "a single-precision number");

    /// <summary>A double-precision number.</summary>
    /// <exception cref="CheckpointException">There is no such value, or it is none.</exception>
    public double GetDouble(string name) =>
        Find(name, JsonValueKind.Number).TryGetDouble(out var value) && double.IsFinite(value) ? value : throw Wrong(name, "a number");

    /// <summary>A truth value.</summary>
    /// <exception cref="CheckpointException">There is no such value, or it is none.</exception>
    public bool GetBoolean(string name) => Find(name, JsonValueKind.True, JsonValueKind.False).GetBoolean();

    /// <summary>A string.</summary>
    /// <exception cref="CheckpointException">There is no such value, or it is none.</exception>
    public string GetString(string name)
    {
        var value = Find(name, JsonValueKind.String);
        try
        {
            return value.GetString()!;
        }
        catch (InvalidOperationException)
        {
            // An escaped half of a surrogate pair.
            throw Wrong(name, "text");
        }
    }

    private JsonElement Find(string name, params ReadOnlySpan<JsonValueKind> kinds)
    {
        if (!values.TryGetProperty(name, out var value))
        {
            throw new CheckpointException(
                path, null, CheckpointRule.Metadata,
                $"'{MetadataKey}' has no value '{name}'; it has {string.Join(", ", values.EnumerateObject().Select(property => property.Name))}");
        }

        return kinds.Contains(value.ValueKind) ? value : throw Wrong(name, kinds[0] == JsonValueKind.True ? "true or false" : $"a {kinds[0]}");
    }

    private CheckpointException Wrong(string name, string expected) => new(
        path, null, CheckpointRule.Metadata, $"'{MetadataKey}': found {name} = {values.GetProperty(name).GetRawText()}, expected {expected}");
}
