using System.Text.Json;
using System.Text.Json.Serialization;

namespace Reparam.Compression.Calibration;

/// <summary>JSON of a calibration file's metadata: unknown, missing and doubled members are refused.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    RespectNullableAnnotations = true,
    AllowDuplicateProperties = false)]
[JsonSerializable(typeof(SortedDictionary<string, CalibrationLayer>))]
[JsonSerializable(typeof(CalibrationPlan))]
internal sealed partial class CalibrationJson : JsonSerializerContext;
