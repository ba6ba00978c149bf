using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reparam.Checkpoints.Packed;

/// <summary>JSON of the packed file's check values: unknown, missing and doubled members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(PackedCanary[]))]
internal sealed partial class PackedJson : JsonSerializerContext;
