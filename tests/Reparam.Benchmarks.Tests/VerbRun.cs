using System.CommandLine;
using Reparam.Benchmarks.Commands;

namespace Reparam.Benchmarks.Tests;

/// <summary>A verb run in this process.</summary>
internal sealed record VerbRun(int Status, string Output, string Error)
{
    public static VerbRun Of(params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var status = Verbs.Root().Parse(arguments).Invoke(new InvocationConfiguration { Output = output, Error = error });
        return new VerbRun(status, output.ToString(), error.ToString());
    }
}
