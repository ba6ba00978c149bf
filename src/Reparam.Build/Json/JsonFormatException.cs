using System;

namespace Reparam.Build.Json;

/// <summary>A text is not a JSON document.</summary>
internal sealed class JsonFormatException(string message, int position) : Exception($"{message} at character {position}");
