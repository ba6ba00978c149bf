using System.Text.Json.Serialization;

namespace Reparam.Compression.Plans;

/// <summary>JSON of plans and manifests.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, RespectNullableAnnotations = true, AllowDuplicateProperties = false)]
[JsonSerializable(typeof(BuildPlan))]
[JsonSerializable(typeof(int))]
[JsonSerializable(typeof(string))]
internal sealed partial class PlanJson : JsonSerializerContext;
