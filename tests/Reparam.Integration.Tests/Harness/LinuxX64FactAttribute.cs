using System.Runtime.InteropServices;

namespace Reparam.Integration.Tests.Harness;

/// <summary>A test of what a published program does on Linux x64, where the levels are.</summary>
public sealed class LinuxX64FactAttribute : FactAttribute
{
    public LinuxX64FactAttribute() => Skip = LinuxX64.Reason;
}

/// <inheritdoc cref="LinuxX64FactAttribute"/>
public sealed class LinuxX64TheoryAttribute : TheoryAttribute
{
    public LinuxX64TheoryAttribute() => Skip = LinuxX64.Reason;
}

internal static class LinuxX64
{
    public static string? Reason => OperatingSystem.IsLinux() && RuntimeInformation.OSArchitecture == Architecture.X64 ? null : "Linux x64 only";
}
