using System.Text;

namespace Reparam.Generators.Common;

/// <summary>
/// Names in a state dict. The one algorithm that the compiler, the manifest and the twin share; this file depends on nothing, so that
/// other projects can compile it by link.
/// </summary>
internal static class StateNames
{
    /// <summary>
    /// The snake_case form of a member's name: an underscore stands before an upper-case letter that follows a lower-case letter or a digit, or
    /// that precedes a lower-case letter and is not first. <c>Wq</c> → <c>wq</c>, <c>W1</c> → <c>w1</c>, <c>QKVProj</c> → <c>qkv_proj</c>.
    /// </summary>
    /// <param name="name">A C# identifier.</param>
    public static string SnakeCase(string name)
    {
        var snake = new StringBuilder(name.Length + 4);
        for (var i = 0; i < name.Length; i++)
        {
            if (i > 0 && char.IsUpper(name[i]) && name[i - 1] != '_' && StartsWord(name, i))
            {
                snake.Append('_');
            }

            snake.Append(char.ToLowerInvariant(name[i]));
        }

        return snake.ToString();
    }

    private static bool StartsWord(string name, int i)
    {
        var followsWord = char.IsLower(name[i - 1]) || char.IsDigit(name[i - 1]);
        var precedesLower = i + 1 < name.Length && char.IsLower(name[i + 1]);
        return followsWord || precedesLower;
    }
}
