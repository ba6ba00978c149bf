namespace Reparam.Benchmarks.Survey;

/// <summary>What the survey says of a module class.</summary>
/// <param name="Project">Its project.</param>
/// <param name="Name">Its name.</param>
/// <param name="Uses">The surveyed classes that it uses, directly or not, by name.</param>
/// <param name="Blockers">What keeps it from compiling; nothing if it compiles.</param>
internal sealed record SurveyedClass(string Project, string Name, IReadOnlySet<string> Uses, IReadOnlySet<Blocker> Blockers);
