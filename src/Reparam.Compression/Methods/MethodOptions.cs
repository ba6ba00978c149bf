using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Reparam.Compression.Methods;

/// <summary>
/// Options of a post-training method: an attribute object whose values are checked, with one JSON form by which options are compared and cached. Immutable.
/// </summary>
public sealed class MethodOptions : IEquatable<MethodOptions>
{
    private static readonly JsonWriterOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly PostTrainingAttribute values;

    private MethodOptions(PostTrainingMethod method, IReadOnlyDictionary<OptionMember, object> given)
    {
        Method = method;
        foreach (var (member, value) in given)
        {
            member.Check(value);
        }

        method.Options.RequireAll(given);
        values = (PostTrainingAttribute)method.Options.Create(given);
        method.Validate(values);
        Json = Encoding.UTF8.GetString(ToUtf8(method.Options.Members.Where(member => !member.IsOfPlan)));
    }

    /// <summary>The method.</summary>
    public PostTrainingMethod Method { get; }

    /// <summary>
    /// Every option that says how a weight is coded, as a JSON object in the order of the method's table: numbers in their shortest form, members of
    /// enumerations by their names in lower case. Options are equal when their methods and their JSON are.
    /// </summary>
    public string Json { get; }

    /// <summary>Whether a bit budget leaves the layer as it is annotated; no part of <see cref="Json"/>.</summary>
    public bool Fixed => values.Fixed;

    /// <summary>The options of an attribute object. The object is copied.</summary>
    /// <exception cref="ArgumentException">No method with this attribute is registered, or a value is out of its range.</exception>
    public static implicit operator MethodOptions(PostTrainingAttribute attribute) => Of(attribute);

    /// <summary>The options of an attribute object. The object is copied.</summary>
    /// <exception cref="ArgumentException">No method with this attribute is registered, or a value is out of its range.</exception>
    public static MethodOptions Of(PostTrainingAttribute attribute)
    {
        ArgumentNullException.ThrowIfNull(attribute);
        var method = PostTrainingMethods.Of(attribute.GetType());
        return new MethodOptions(method, ValuesOf(method, attribute));
    }

    /// <summary>Reads options as a manifest or a plan writes them; what is not written has the attribute's default.</summary>
    /// <param name="method">The method.</param>
    /// <param name="written">Values by name, in upper or lower case; a later one replaces an earlier one of the same name.</param>
    /// <exception cref="ArgumentException">An option is unknown, of another type, out of its range, or missing.</exception>
    public static MethodOptions Read(PostTrainingMethod method, IEnumerable<KeyValuePair<string, JsonElement>> written)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(written);
        return From(method, written, (member, value) => member.Read(value));
    }

    /// <summary>Reads options as a command line writes them.</summary>
    /// <param name="method">The method.</param>
    /// <param name="written">Texts by name.</param>
    /// <exception cref="ArgumentException">An option is unknown, has another form, is out of its range, or missing.</exception>
    public static MethodOptions Parse(PostTrainingMethod method, IEnumerable<KeyValuePair<string, string>> written)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(written);
        return From(method, written, (member, text) => member.Parse(text));
    }

    /// <summary>The attribute object. It must not be changed.</summary>
    /// <exception cref="ArgumentException">The options are another method's.</exception>
    public T As<T>()
        where T : PostTrainingAttribute =>
        values as T ?? throw new ArgumentException($"the options are those of {Method}, expected {typeof(T).FullName}");

    /// <summary>The value of an option.</summary>
    /// <param name="name">Its name, in upper or lower case.</param>
    /// <exception cref="ArgumentException">The method has no such option.</exception>
    public object Value(string name) => Method.Options.Get(name).Property.GetValue(values)!;

    /// <summary>These options with another value.</summary>
    /// <param name="name">Name of the option, in upper or lower case.</param>
    /// <param name="value">A value of its type.</param>
    /// <exception cref="ArgumentException">The method has no such option, or the value is of another type or out of its range.</exception>
    public MethodOptions With(string name, object value)
    {
        ArgumentNullException.ThrowIfNull(value);
        var member = Method.Options.Get(name);
        if (value.GetType() != member.Type)
        {
            throw new ArgumentException($"{member.Name} is {value.GetType()}; {Method} takes {member.Type}");
        }

        return new MethodOptions(Method, ValuesOf(Method, values).SetItem(member, value));
    }

    /// <summary>These options with other values as a plan writes them.</summary>
    /// <param name="written">Values by name, in upper or lower case.</param>
    /// <exception cref="ArgumentException">An option is unknown, of another type or out of its range.</exception>
    public MethodOptions With(IEnumerable<KeyValuePair<string, JsonElement>> written)
    {
        ArgumentNullException.ThrowIfNull(written);
        var changed = ValuesOf(Method, values);
        foreach (var (name, value) in written)
        {
            var member = Method.Options.Get(name);
            changed = changed.SetItem(member, member.Read(value));
        }

        return new MethodOptions(Method, changed);
    }

    /// <summary>Some of the options as JSON values, as plans keep them.</summary>
    /// <param name="names">Names of options, in upper or lower case.</param>
    /// <exception cref="ArgumentException">The method has no such option.</exception>
    public IReadOnlyDictionary<string, JsonElement> Pick(IEnumerable<string> names)
    {
        ArgumentNullException.ThrowIfNull(names);
        using var document = JsonDocument.Parse(ToUtf8(names.Select(Method.Options.Get)));
        return document.RootElement.EnumerateObject().ToDictionary(member => member.Name, member => member.Value.Clone(), StringComparer.Ordinal);
    }

    /// <summary>Writes <see cref="Json"/>.</summary>
    public void Write(Utf8JsonWriter json)
    {
        ArgumentNullException.ThrowIfNull(json);
        json.WriteStartObject();
        foreach (var member in Method.Options.Members.Where(member => !member.IsOfPlan))
        {
            member.Write(json, member.Property.GetValue(values)!);
        }

        json.WriteEndObject();
    }

    /// <inheritdoc/>
    public bool Equals(MethodOptions? other) => other is not null && Method == other.Method && Json == other.Json;

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as MethodOptions);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Method, Json);

    /// <summary>Name of the method and the options' JSON.</summary>
    public override string ToString() => $"{Method} {Json}";

    private static MethodOptions From<T>(PostTrainingMethod method, IEnumerable<KeyValuePair<string, T>> written, Func<OptionMember, T, object> read)
    {
        var given = ImmutableDictionary.CreateBuilder<OptionMember, object>();
        foreach (var (name, value) in written)
        {
            var member = method.Options.Get(name);
            given[member] = read(member, value);
        }

        return new MethodOptions(method, given.ToImmutable());
    }

    private static ImmutableDictionary<OptionMember, object> ValuesOf(PostTrainingMethod method, PostTrainingAttribute attribute) =>
        method.Options.Members.ToImmutableDictionary(member => member, member => member.Property.GetValue(attribute)
            ?? throw new ArgumentException($"{member.Name} is null; {method} takes {member.Expected}"));

    private byte[] ToUtf8(IEnumerable<OptionMember> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Plain))
        {
            json.WriteStartObject();
            foreach (var member in members)
            {
                member.Write(json, member.Property.GetValue(values)!);
            }

            json.WriteEndObject();
        }

        return stream.ToArray();
    }
}
