using System.Text.Json.Serialization;

namespace Reparam.Compression.Allocation;

/// <summary>JSON of bit plans and sensitivities.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, RespectRequiredConstructorParameters = true,
    AllowDuplicateProperties = false, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(SortedDictionary<string, Sensitivity[]>))]
[JsonSerializable(typeof(BitPlan))]
internal sealed partial class AllocationJson : JsonSerializerContext;
