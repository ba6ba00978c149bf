using System.Collections.Generic;
using System.Linq;
using Reparam.Generators.Common;
using Reparam.Generators.Layers.Models;
using Reparam.Generators.Methods;

namespace Reparam.Generators.Layers;

/// <summary>Writes a layer class: constructor, state, and one straight line of calls for each thing that a layer does.</summary>
internal static class LayerEmitter
{
    private const string Tensor = "global::TorchSharp.torch.Tensor";
    private const string BaseLayer = "global::Reparam.Training.IBaseLayer";

    /// <summary>The text of the file.</summary>
    /// <param name="layer">The layer class.</param>
    public static string Emit(LayerModel layer)
    {
        var writer = new CodeWriter().Header();
        writer.Line($"namespace {layer.Namespace};").Line();
        EmitSummary(writer, layer);
        writer.Line(GeneratedCode.Attribute);
        writer.Line(GeneratedCode.NotCovered);
        using (writer.Open($"internal sealed class {layer.Name} : {layer.Kind.BaseType()}"))
        {
            EmitOptionsAndConstructor(writer, layer);
            EmitStates(writer, layer);
            EmitAttachMaps(writer, layer);
            EmitMapWeight(writer, layer);
            EmitPath(writer, layer);
            EmitInput(writer, layer);
            EmitNeeds(writer, layer);
            EmitAfterStep(writer, "AfterMapStep", layer.Maps.Concat(layer.Rules));
            EmitAfterStep(writer, "AfterPathStep", layer.Methods.Where(m => m.Kind == ReparamKind.SidePath));
            EmitLearningRate(writer, layer);
        }

        return writer.ToString();
    }

    private static void EmitSummary(CodeWriter writer, LayerModel layer)
    {
        var weight = layer.Maps.Aggregate("v", (inner, map) => $"{map.Name}({inner})");
        writer.Line("/// <summary>");
        writer.Line($"/// {layer.Kind.Noun()} with weight w = {weight}, {layer.Kind.WeightShape()}; v is what the optimizer moves"
            + (layer.Path is { } path ? $". Beside it runs the side path {path.Name}." : "."));
        if (layer.Input is { } input)
        {
            writer.Line($"/// What it is given passes the input map of {input.Name} first.");
        }

        writer.Line("/// </summary>");
        if (layer.Methods.Any(m => m.Source is not null))
        {
            writer.Line("/// <remarks>");
            foreach (var method in layer.Methods.Where(m => m.Source is not null))
            {
                writer.Line($"/// {Escape(method.Source!)}.");
            }

            writer.Line("/// </remarks>");
        }
    }

    private static void EmitOptionsAndConstructor(CodeWriter writer, LayerModel layer)
    {
        foreach (var method in layer.Methods)
        {
            writer.Line($"private readonly {method.AttributeType} {method.Field};");
        }

        writer.Line();
        writer.Line($"/// <summary>Attaches the methods to a plain layer, whose weight and bias are copied.</summary>");
        writer.Line($"public {layer.Name}(");
        using (writer.Indent())
        {
            var parameters = new[] { "string name", $"{layer.Kind.PlainType()} plain" }.Concat(layer.Methods.Select(m => $"{m.AttributeType} {m.Field}"));
            writer.Line(string.Join(",\n", parameters) + ")");
            writer.Line(": base(name, plain)");
        }

        using (writer.Open())
        {
            foreach (var method in layer.Methods)
            {
                writer.Line($"this.{method.Field} = {method.Field};");
            }

            writer.Line("Attach();");
        }

        writer.Line();
        writer.Line("/// <inheritdoc/>");
        var methods = layer.Methods.Select(m => m.Field).ToArray();
        writer.List("public override global::System.Collections.Generic.IReadOnlyList<global::Reparam.ReparamAttribute> Methods => [", methods, "];");
        EmitRules(writer, layer);
    }

    private static void EmitRules(CodeWriter writer, LayerModel layer)
    {
        var rules = layer.Methods.Where(m => m.Rule is not null).ToArray();
        if (rules.Length == 0)
        {
            return;
        }

        writer.Line();
        writer.Line("/// <inheritdoc/>");
        writer.List(
            "public override global::System.Collections.Generic.IReadOnlyList<global::Reparam.Training.MethodRule> Rules => [",
            [.. rules.Select(m => $"new({Literals.Of(m.Key)}, {m.Field}, static () => new {m.Rule}())")],
            "];");
    }

    private static void EmitStates(CodeWriter writer, LayerModel layer)
    {
        foreach (var method in layer.Methods)
        {
            foreach (var state in method.States)
            {
                var type = state.IsParameter ? "global::TorchSharp.Modules.Parameter" : Tensor;
                var isLate = state.IsShared || (method.Kind == ReparamKind.SidePath && !state.IsOfInput);
                var reader = (state.IsShared ? "Shared" : state.IsOptional || isLate ? "Optional" : "State") + (state.IsParameter ? "Parameter" : "Buffer");
                var required = isLate && !state.IsOptional ? "!" : "";
                writer.Line();
                var place = (state.IsShared ? ", kept by the root" : "") + (state.IsOptional ? ", may be absent" : "");
                writer.Line($"// {method.Name}: {(state.IsParameter ? "parameter" : "buffer")}{place}.");
                writer.Line($"private {type}{(state.IsOptional ? "?" : "")} {state.Property} => {reader}({Literals.Of(state.Name)}){required};");
            }
        }
    }

    private static void EmitAttachMaps(CodeWriter writer, LayerModel layer)
    {
        var maps = layer.Maps.Reverse().ToArray();
        if (maps.Length == 0)
        {
            return;
        }

        writer.Line();
        writer.Line("// From the weight that multiplies down to the latent that is stored.");
        using (writer.Open($"protected override {Tensor} AttachMaps({Tensor} weight)"))
        {
            var weight = "weight";
            foreach (var map in maps)
            {
                var attached = $"{map.Field.TrimStart('@')}Attached";
                var given = weight;
                Call(writer, $"var {attached} = ", map, "Attach", map.Attach!.Value, name => name == "weight" ? given : null);
                EmitKeep(writer, map, attached, "Keep");
                weight = attached + map.AttachItem;
            }

            writer.Line($"return {weight};");
        }
    }

    private static void EmitKeep(CodeWriter writer, MethodModel method, string attached, string verb, bool ofInput = false)
    {
        foreach (var state in method.States.Where(s => s.IsOfInput == ofInput))
        {
            var keep = (state.IsShared ? "KeepShared" : verb) + (state.IsParameter ? "Parameter" : "Buffer");
            writer.Line($"{keep}({Literals.Of(state.Name)}, {attached}{state.Access});");
        }
    }

    private static void EmitMapWeight(CodeWriter writer, LayerModel layer)
    {
        if (!layer.Maps.Any())
        {
            return;
        }

        writer.Line();
        writer.Line("// From the stored latent up to the weight that multiplies.");
        using (writer.Open($"protected override {Tensor} MapWeight(global::Reparam.Training.StateReader state, bool training, bool folding)"))
        {
            writer.Line($"var w = state.Read(Weight); // v, {layer.Kind.WeightShape()}");
            foreach (var map in layer.Maps)
            {
                Call(writer, "w = ", map, "Map", map.Map!.Value, name => name is "latent" ? "w" : name is "training" or "folding" ? name : null);
            }

            writer.Line("return w;");
        }
    }

    private static void EmitPath(CodeWriter writer, LayerModel layer)
    {
        if (layer.Path is not { } path)
        {
            return;
        }

        writer.Line();
        using (writer.Open($"protected override {Tensor}? AttachPath({BaseLayer} layer)"))
        {
            var attached = $"{path.Field.TrimStart('@')}Attached";
            Call(writer, $"var {attached} = ", path, "Attach", path.Attach!.Value, Own);
            EmitKeep(writer, path, attached, "KeepPath");
            writer.Line(path.AttachItem is { } item ? $"return {attached}{item};" : "return null;");
        }

        writer.Line();
        writer.Line("// y plus what the path adds.");
        writer.List($"protected override {Tensor} RunPath(", [$"{Tensor} x", $"{Tensor} y", $"{BaseLayer} layer", "bool training"], ")");
        using (writer.Open())
        {
            writer.Line("var state = new global::Reparam.Training.StateReader(null);");
            Call(writer, "return ", path, "Forward", path.Forward!.Value, Own);
        }

        writer.Line();
        writer.Line($"// What folding adds to the weight, {layer.Kind.WeightShape()}.");
        using (writer.Open($"protected override {Tensor} PathDelta(global::Reparam.Training.StateReader state, {BaseLayer} layer)"))
        {
            Call(writer, "return ", path, "Delta", path.Delta!.Value, Own);
        }

        static string? Own(string name) => name is "x" or "y" or "layer" or "training" ? name : name == "weight" ? "layer.Weight()" : null;
    }

    private static void EmitInput(CodeWriter writer, LayerModel layer)
    {
        if (layer.Input is not { Input: { } input } method)
        {
            return;
        }

        if (input.Attach is { } attach)
        {
            writer.Line();
            using (writer.Open("protected override void AttachInput()"))
            {
                var attached = $"{method.Field.TrimStart('@')}Attached";
                Call(writer, $"var {attached} = ", method, "Attach", attach, _ => null, type: input.Type);
                EmitKeep(writer, method, attached, "KeepInput", ofInput: true);
            }
        }

        writer.Line();
        writer.Line("// From what the layer is given to what its operation sees.");
        using (writer.Open($"protected override {Tensor} MapInput({Tensor} x, bool training)"))
        {
            writer.Line("var state = new global::Reparam.Training.StateReader(null);");
            Call(writer, "return ", method, "Map", input.Map, name => name is "x" or "training" ? name : null, type: input.Type);
        }

        if (input.AfterStep is { } afterStep)
        {
            writer.Line();
            using (writer.Open("protected override void AfterInputStep()"))
            {
                Call(writer, "", method, "AfterStep", afterStep, name => StateProperty(method, name), type: input.Type);
            }
        }
    }

    private static void EmitNeeds(CodeWriter writer, LayerModel layer)
    {
        EmitNeeds(writer, "MapNeeds", layer.Maps.SelectMany(m => m.Attach!.Value), layer.Maps.SelectMany(m => m.States.Where(s => !s.IsOfInput)));
        EmitNeeds(writer, "PathNeeds", layer.Path?.Attach ?? EquatableArray<string>.Empty, layer.Path?.States.Where(s => !s.IsOfInput) ?? []);
        EmitNeeds(writer, "InputNeeds", layer.Input?.Input?.Attach ?? EquatableArray<string>.Empty, layer.Input?.States.Where(s => s.IsOfInput) ?? []);
        if (layer.Methods.Any(m => m.AfterStep is not null || m.Rule is not null || m.Input?.AfterStep is not null))
        {
            writer.Line();
            writer.Line("protected override bool NeedsSteps => true;");
        }
    }

    private static void EmitNeeds(CodeWriter writer, string member, IEnumerable<string> attach, IEnumerable<StateModel> states)
    {
        const string Needs = "global::Reparam.Training.AttachNeeds";
        string[] needs = [.. attach.Contains("inputs") ? [$"{Needs}.Inputs"] : System.Array.Empty<string>(), .. states
            .Any(s => s.IsShared) ? [$"{Needs}.Root"] : System.Array.Empty<string>()];
        if (needs.Length > 0)
        {
            writer.Line();
            writer.Line($"protected override {Needs} {member} => {string.Join(" | ", needs)};");
        }
    }

    private static void EmitAfterStep(CodeWriter writer, string member, IEnumerable<MethodModel> methods)
    {
        var called = methods.Where(m => m.AfterStep is not null).ToArray();
        if (called.Length == 0)
        {
            return;
        }

        writer.Line();
        using (writer.Open($"protected override void {member}()"))
        {
            foreach (var method in called)
            {
                Call(writer, "", method, "AfterStep", method.AfterStep!.Value, name => name == "latent" ? "Weight" : StateProperty(method, name));
            }
        }
    }

    private static void EmitLearningRate(CodeWriter writer, LayerModel layer)
    {
        var rated = layer.Methods.SelectMany(m => m.States, (method, state) => (method, state))
            .Where(r => r.state.IsParameter && !r.state.IsShared && RateOf(r.method, r.state) is not null).ToArray();
        if (rated.Length == 0)
        {
            return;
        }

        writer.Line();
        using (writer.Open("protected override double LearningRate(string state) => state switch", ";"))
        {
            foreach (var (method, state) in rated)
            {
                var type = state.IsOfInput ? method.Input!.Type : method.MethodType;
                var key = Literals.Of(state.Key);
                Call(
                    writer, $"{Literals.Of(state.Name)} => ", method, "LearningRate", RateOf(method, state)!.Value, name => name == "parameter" ? key : null,
                    ",", type);
            }

            writer.Line("_ => 1,");
        }
    }

    private static EquatableArray<string>? RateOf(MethodModel method, StateModel state) => state.IsOfInput ? method.Input!.LearningRate : method.LearningRate;

    // A call of a method's member with named arguments: what the caller provides, then options and shape, then state as the reader gives it.
    private static void Call(
        CodeWriter writer, string head, MethodModel method, string member, EquatableArray<string> parameters, System.Func<string, string?> provided,
        string end = ";",
        string? type = null)
    {
        var arguments = parameters.Select(name => $"{Identifiers.Escape(name)}: " + (provided(name) ?? name switch
        {
            "options" => method.Field,
            "shape" => "Shape",
            "inputs" => "Inputs",
            _ when member == "Attach" => SharedOf(method, name),
            _ => ReadState(method, name),
        })).ToArray();
        writer.List($"{head}{type ?? method.MethodType}.{member}(", arguments, ")" + end);
    }

    private static string ReadState(MethodModel method, string argument)
    {
        var state = method.States.First(s => s.Argument == argument);
        return state.IsOptional ? $"state.ReadOptional({state.Property})" : $"state.Read({state.Property})";
    }

    // What the first layer made, for those that follow; null for the first.
    private static string SharedOf(MethodModel method, string argument)
    {
        var state = method.States.First(s => s.Argument == argument);
        return $"Shared{(state.IsParameter ? "Parameter" : "Buffer")}({Literals.Of(state.Name)})";
    }

    private static string? StateProperty(MethodModel method, string argument) => method.States.FirstOrDefault(s => s.Argument == argument)?.Property;

    private static string Escape(string text) => text.Replace("&", "&amp;").Replace("<", "&lt;").Replace(">", "&gt;");
}
