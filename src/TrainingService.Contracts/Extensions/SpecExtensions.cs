using System.Reflection;
using TrainingService.Contracts.Json;
using TrainingService.Contracts.Models;

namespace TrainingService.Contracts.Extensions;

/// <summary>
/// Adds records of layers and models of the operator's own, so that documents may name them: every program that reads a job needs them
/// before the first one is read. What computes them is added in Engine.
/// </summary>
public static class SpecExtensions
{
    /// <summary>The option that lists the assemblies.</summary>
    public const string Option = "Extensions:Specs";

    /// <summary>Adds the records of these assemblies.</summary>
    /// <param name="paths">Assemblies with classes marked <see cref="RegisteredLayerAttribute"/>.</param>
    /// <exception cref="ExtensionException">A path is wrong, an assembly has no such class, or a name is taken.</exception>
    public static void Load(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            Register(ExtensionAssembly.Open(path, Option));
    }

    /// <summary>Adds the records of an assembly that is loaded already.</summary>
    /// <exception cref="ExtensionException">It has no such class, or a name is taken.</exception>
    public static void Register(Assembly assembly)
    {
        foreach (var (record, attribute) in ExtensionAssembly.Marked<RegisteredLayerAttribute>(assembly, Option))
            Register(attribute.RegisteredName, record);
    }

    /// <summary>Adds one record.</summary>
    /// <param name="registeredName"><c>package&gt;Name</c>.</param>
    /// <param name="record">A layer's or model's record.</param>
    /// <exception cref="ExtensionException">Another form of name, a class that is no layer's record, or a name that is taken.</exception>
    public static void Register(string registeredName, Type record)
    {
        KerasCatalog.Layers.Register(registeredName, record);
        if (record.IsAssignableTo(typeof(ModelSpec)))
            KerasCatalog.Models.Register(registeredName, record);
    }
}
