using System.Reflection;

namespace TrainingService.Client.Tests;

/// <summary>What users of the package compile against. A change shows as a diff of <c>PublicSurface.txt</c>.</summary>
public sealed class PublicSurfaceTests
{
    [Fact]
    public void The_public_surface_is_the_reviewed_one()
    {
        var folder = AppContext.BaseDirectory;
        var received = string.Join('\n', Describe(typeof(TrainingServiceClient).Assembly)) + "\n";
        var reviewed = File.ReadAllText(Path.Combine(folder, "PublicSurface.txt"));
        var receivedFile = Path.Combine(folder, "PublicSurface.received.txt");
        File.WriteAllText(receivedFile, received);

        Assert.True(received == reviewed, $"The public surface changed. If that is meant, copy {receivedFile} over PublicSurface.txt.");
    }

    private static IEnumerable<string> Describe(Assembly assembly)
    {
        foreach (var type in assembly.GetExportedTypes().OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            yield return $"{(type.IsEnum ? "enum" : type.IsValueType ? "struct" : type is { IsAbstract: true, IsSealed: true } ? "static class" : "class")} {type.FullName}";
            const BindingFlags Own = BindingFlags.Public | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
            var members = type.GetMembers(Own).Where(member => !member.Name.Contains('<', StringComparison.Ordinal));
            foreach (var line in members.Select(Line).OfType<string>().Order(StringComparer.Ordinal))
                yield return $"  {line}";
        }
    }

    private static string? Line(MemberInfo member) => member switch
    {
        ConstructorInfo constructor => $"new({Parameters(constructor)})",
        MethodInfo { IsSpecialName: true } => null,
        MethodInfo method => $"{Name(method.ReturnType)} {method.Name}{Generics(method)}({Parameters(method)})",
        PropertyInfo property => $"{Name(property.PropertyType)} {property.Name} {{{(property.CanRead ? " get;" : "")}{(property.CanWrite ? " set;" : "")} }}",
        FieldInfo { IsSpecialName: true } => null,
        FieldInfo field => $"{Name(field.FieldType)} {field.Name}",
        _ => null,
    };

    private static string Generics(MethodInfo method) =>
        method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(parameter.ParameterType)} {parameter.Name}{(parameter.HasDefaultValue ? $" = {parameter.DefaultValue ?? "default"}" : "")}"));

    private static string Name(Type type) => type.IsGenericType
        ? $"{type.Name.Split('`')[0]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
        : type.Name;
}
