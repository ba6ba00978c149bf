namespace Reparam.Generators.Methods;

/// <summary>Where a method attribute is written; a higher value is nearer to the layer.</summary>
internal enum MethodScope
{
    Assembly,
    Class,
    Property,
}
