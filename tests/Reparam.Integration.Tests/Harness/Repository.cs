using System.Reflection;

namespace Reparam.Integration.Tests.Harness;

/// <summary>Where this repository lies and what was built in it.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("RepositoryRoot");

    public static string Configuration { get; } = Metadata("Configuration");

    /// <summary>NuGet's global packages folder.</summary>
    public static string Packages { get; } = Metadata("Packages");

    public static string TaskAssembly => Built("src/Reparam.Build", "netstandard2.0/Reparam.Build.dll");

    public static string Annotations => Built("src/Reparam.Annotations", "net10.0/Reparam.Annotations.dll");

    public static string FakeWorker => Built("tests/Reparam.FakeWorker", "net10.0/Reparam.FakeWorker.dll");

    public static string Worker => Built("src/Reparam.Cli", "net10.0/reparam.dll");

    private static string Built(string project, string file) => Path.Combine(Root, project, "bin", Configuration, file);

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(attribute => attribute.Key == key).Value!;
}
