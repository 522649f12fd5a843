using System.Reflection;

namespace TrainingService.Contracts.Extensions;

/// <summary>An assembly that the operator configured. Its path comes from the configuration of the service, never from a job.</summary>
public static class ExtensionAssembly
{
    /// <summary>Loads the assembly; what it refers to is looked for in this program and then beside the assembly.</summary>
    /// <param name="path">The file.</param>
    /// <param name="option">The option that names it, for messages: <c>Extensions:Specs</c>.</param>
    /// <exception cref="ExtensionException">There is no such file, or it is no .NET assembly.</exception>
    public static Assembly Open(string path, string option)
    {
        if (!File.Exists(path))
            throw new ExtensionException($"{option}: expected the path of an assembly. Received: {path}, which does not exist.");
        try
        {
            return Assembly.LoadFrom(Path.GetFullPath(path));
        }
        catch (Exception exception) when (exception is BadImageFormatException or FileLoadException)
        {
            throw new ExtensionException($"{option}: expected a .NET assembly. Received: {path} ({exception.Message})", exception);
        }
    }

    /// <summary>The classes of an assembly that carry this attribute.</summary>
    /// <exception cref="ExtensionException">A type that the assembly refers to is not there, or no class carries the attribute.</exception>
    public static IReadOnlyList<(Type Class, T Attribute)> Marked<T>(Assembly assembly, string option) where T : Attribute
    {
        Type[] types;
        try
        {
            types = assembly.GetTypes();
        }
        catch (ReflectionTypeLoadException exception)
        {
            throw new ExtensionException(
                $"{option}: expected an assembly that this program can load. Received: {assembly.Location} ({exception.LoaderExceptions[0]?.Message})", exception);
        }
        var marked = types.SelectMany(type => type.GetCustomAttributes<T>(inherit: false), (type, attribute) => (type, attribute)).ToList();
        return marked.Count > 0
            ? marked
            : throw new ExtensionException(
                $"{option}: expected classes marked [{typeof(T).Name[..^"Attribute".Length]}]. Received: {assembly.Location}, which has none.");
    }
}
