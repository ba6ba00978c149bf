using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Serialization;
using Reparam.Checkpoints.Packed;
using Reparam.Compression.Diagnostics;
using Reparam.Compression.Json;

namespace Reparam.Compression.Cache;

/// <summary>What an entry of the cache says of a coding beside its matrix: a metadata entry of the entry's file.</summary>
/// <param name="Version">Version of the form.</param>
/// <param name="Key">The whole key.</param>
/// <param name="SquaredError">As in <see cref="CodedLayer"/>; so are the others.</param>
/// <param name="SquaredNorm">‖W‖².</param>
/// <param name="SquaredOutputError">Null without calibration.</param>
/// <param name="SquaredOutputNorm">Null without calibration.</param>
/// <param name="Warning">The text of the warning and its kind; null for none.</param>
/// <param name="Note">The note; null for none.</param>
/// <param name="Tried">The codings that were tried.</param>
internal sealed record CodingRecord(
    int Version, string Key, double SquaredError, double SquaredNorm, double? SquaredOutputError, double? SquaredOutputNorm,
    CompressionProblem? Warning, string? Note, ImmutableArray<CodingTrial> Tried)
{
    /// <summary>The version that this library writes and reads.</summary>
    public const int SupportedVersion = 1;

    /// <summary>What is to be kept of a coding.</summary>
    public static CodingRecord Of(string key, CodedLayer coded) => new(
        SupportedVersion, key, coded.SquaredError, coded.SquaredNorm, coded.SquaredOutputError, coded.SquaredOutputNorm,
        coded.Warning, coded.Note, coded.Tried);

    /// <summary>Reads the JSON text.</summary>
    /// <exception cref="JsonException">It is none of this version.</exception>
    public static CodingRecord Parse(string json)
    {
        var record = StrictJson.Read(System.Text.Encoding.UTF8.GetBytes(json).AsMemory(), CodingRecordJson.Default.CodingRecord, SupportedVersion);
        return record.Tried.IsDefault ? record with { Tried = [] } : record;
    }

    /// <summary>The JSON text.</summary>
    /// <exception cref="ArgumentException">An error is not finite.</exception>
    public string Format() => JsonSerializer.Serialize(this, CodingRecordJson.Default.CodingRecord);

    /// <summary>The coding with its matrix.</summary>
    public CodedLayer With(CodedMatrix matrix) => new(matrix, SquaredError, SquaredNorm)
    {
        SquaredOutputError = SquaredOutputError,
        SquaredOutputNorm = SquaredOutputNorm,
        Warning = Warning,
        Note = Note,
        Tried = Tried,
        IsCached = true,
    };
}

/// <summary>JSON of the cache's entries.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true,
    RespectRequiredConstructorParameters = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(CodingRecord))]
internal sealed partial class CodingRecordJson : JsonSerializerContext;
