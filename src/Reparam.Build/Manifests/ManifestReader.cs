using System;
using System.Collections.Generic;
using System.IO;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;

namespace Reparam.Build.Manifests;

/// <summary>Reads the <c>[assembly: ReparamManifest(module, json)]</c> attributes of an assembly without loading it.</summary>
internal static class ManifestReader
{
    private const string AttributeNamespace = "Reparam";
    private const string AttributeName = "ReparamManifestAttribute";

    /// <summary>The manifests in the order of the assembly's attributes; none if the file is not a managed assembly.</summary>
    /// <exception cref="BuildErrorException">RPB0008: the assembly or one of its manifests cannot be read.</exception>
    public static List<ManifestLinks> Read(string assembly)
    {
        var manifests = new List<ManifestLinks>();
        try
        {
            // The compiler may be about to replace the file on another node: it must not be held.
            using var file = new FileStream(assembly, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            using var image = new PEReader(file);
            if (!image.HasMetadata)
            {
                return manifests;
            }

            var metadata = image.GetMetadataReader();
            if (!metadata.IsAssembly)
            {
                return manifests;
            }

            foreach (var handle in metadata.GetAssemblyDefinition().GetCustomAttributes())
            {
                var attribute = metadata.GetCustomAttribute(handle);
                if (IsManifest(metadata, attribute))
                {
                    // ECMA-335 II.23.3: prolog 0x0001, then the constructor's two strings.
                    var blob = metadata.GetBlobReader(attribute.Value);
                    manifests.Add(blob.ReadUInt16() == 1 && blob.ReadSerializedString() is { } module && blob.ReadSerializedString() is { } json
                        ? ManifestLinks.Parse(module, json, assembly)
                        : throw new BadImageFormatException($"a {AttributeName} does not hold two strings"));
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or BadImageFormatException)
        {
            throw new BuildErrorException("RPB0008", $"The manifests of '{assembly}' cannot be read: {e.Message}");
        }
        catch (Exception e) when (IsOfImage(e))
        {
            throw new BuildErrorException("RPB0008", $"The manifests of '{assembly}' cannot be read: its metadata is damaged. {e.Message}");
        }

        return manifests;
    }

    // Beside BadImageFormatException, the metadata reader throws these where a table of a damaged image leads outside of it.
    private static bool IsOfImage(Exception e) => e is ArithmeticException or ArgumentException or InvalidCastException or InvalidOperationException
        or IndexOutOfRangeException or NotSupportedException;

    private static bool IsManifest(MetadataReader metadata, CustomAttribute attribute)
    {
        switch (attribute.Constructor.Kind)
        {
            case HandleKind.MemberReference:
                var parent = metadata.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
                if (parent.Kind != HandleKind.TypeReference)
                {
                    return false;
                }

                var reference = metadata.GetTypeReference((TypeReferenceHandle)parent);
                return Matches(metadata, reference.Namespace, reference.Name);
            case HandleKind.MethodDefinition:
                var type = metadata.GetTypeDefinition(metadata.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType());
                return Matches(metadata, type.Namespace, type.Name);
            default:
                return false;
        }
    }

    private static bool Matches(MetadataReader metadata, StringHandle space, StringHandle name) =>
        metadata.StringComparer.Equals(name, AttributeName) && metadata.StringComparer.Equals(space, AttributeNamespace);
}
