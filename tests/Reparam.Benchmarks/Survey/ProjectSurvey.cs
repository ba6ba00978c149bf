using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Reparam.Benchmarks.Survey;

/// <summary>The survey of one project.</summary>
/// <param name="Name">The project.</param>
/// <param name="Classes">Its module classes that compile without marks.</param>
/// <param name="LeftOut">Module classes that do not compile even without marks, with the first error.</param>
/// <param name="RawErrors">The compiler's errors in emitted code.</param>
/// <param name="Exceptions">What the generator or an analyzer threw.</param>
/// <param name="Edits">Diagnostics that code fixes were applied to, by id.</param>
internal sealed record ProjectSurvey(
    string Name, IReadOnlyList<SurveyedClass> Classes, IReadOnlyList<(string Name, Diagnostic Error)> LeftOut, IReadOnlyList<string> RawErrors,
    IReadOnlyList<string> Exceptions, IReadOnlyDictionary<string, int> Edits)
{
    /// <summary>Marks the module classes of a project, runs the product over them and attributes what it says.</summary>
    /// <param name="project">The project.</param>
    /// <param name="references">What its sources may use.</param>
    /// <param name="edits">True to apply the product's code fixes first.</param>
    /// <param name="cancellation">Ends the work.</param>
    public static ProjectSurvey Of(SurveyProject project, MetadataReference[] references, bool edits, CancellationToken cancellation)
    {
        var original = project.Compile(references);
        var all = ModuleClasses.In(original);
        var modules = all.Select(ModuleClasses.NameOf).ToHashSet();
        var types = ModuleClasses.TypesIn(original).Select(ModuleClasses.NameOf).ToHashSet();
        var broken = Broken(original, modules, types, cancellation);
        var classes = all.Where(type => !broken.ContainsKey(ModuleClasses.NameOf(type))).ToArray();
        var names = classes.Select(ModuleClasses.NameOf).ToHashSet();
        var uses = ModuleClasses.Uses(original, classes);

        var marked = ModuleClasses.Marked(original, classes);
        var applied = new Dictionary<string, int>();
        if (edits)
        {
            marked = CodeFixRun.Apply(marked, applied, cancellation);
        }

        var run = ProductRun.Of(marked, cancellation);
        var (emitted, sources) = run.CompilerErrors(cancellation);
        var blockers = names.ToDictionary(name => name, _ => new HashSet<Blocker>());
        var owners = new EmittedOwners(types);
        var raw = new List<string>();
        foreach (var error in Errors(run.Product).Concat(sources))
        {
            if (ModuleClasses.Around(run.Output, error.Location, names) is { } owner)
            {
                blockers[owner].Add(Blocker.Of(error, isEmitted: false));
            }
        }

        foreach (var error in emitted)
        {
            // What is emitted for a class that does not compile by itself cannot be better than the class.
            var owner = owners.Of(run.Output, error.Location);
            if (owner is not null && broken.ContainsKey(owner))
            {
                continue;
            }

            raw.Add($"{owner ?? "?"}: {error}");
            if (owner is not null && blockers.TryGetValue(owner, out var own))
            {
                own.Add(Blocker.Of(error, isEmitted: true));
            }
        }

        return new ProjectSurvey(
            project.Name, [.. classes.Select(ModuleClasses.NameOf).Select(name => new SurveyedClass(project.Name, name, Closure(name, uses), blockers[name]))],
            [.. broken.Where(found => modules.Contains(found.Key)).Select(found => (found.Key, found.Value))], raw,
            [.. run.Exceptions.Select(exception => exception.ToString())], applied);
    }

    // The first error of each type that does not compile by itself; one in a class within a module is the module's too.
    private static SortedDictionary<string, Diagnostic> Broken(
        CSharpCompilation original, HashSet<string> modules, HashSet<string> types, CancellationToken cancellation)
    {
        var broken = new SortedDictionary<string, Diagnostic>(StringComparer.Ordinal);
        foreach (var error in Errors(original.GetDiagnostics(cancellation)))
        {
            foreach (var around in new[] { types, modules })
            {
                if (ModuleClasses.Around(original, error.Location, around) is { } name)
                {
                    broken.TryAdd(name, error);
                }
            }
        }

        return broken;
    }

    private static IEnumerable<Diagnostic> Errors(IEnumerable<Diagnostic> diagnostics) =>
        diagnostics.Where(d => d.Severity == DiagnosticSeverity.Error && d.Id != "AD0001");

    private static HashSet<string> Closure(string name, Dictionary<string, HashSet<string>> uses)
    {
        var reached = new HashSet<string>();
        var pending = new Stack<string>(uses[name]);
        while (pending.TryPop(out var next))
        {
            if (reached.Add(next))
            {
                foreach (var further in uses[next])
                {
                    pending.Push(further);
                }
            }
        }

        reached.Remove(name);
        return reached;
    }
}
