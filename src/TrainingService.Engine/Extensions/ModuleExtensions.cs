using System.Reflection;
using TrainingService.Contracts.Extensions;
using TrainingService.Contracts.Json;
using TrainingService.Engine.Layers;

namespace TrainingService.Engine.Extensions;

/// <summary>Adds the modules of layers and models of the operator's own. Their records are added first.</summary>
public static class ModuleExtensions
{
    /// <summary>The option that lists the assemblies.</summary>
    public const string Option = "Extensions:Modules";

    /// <summary>Adds the modules of these assemblies. Afterwards every registered record has one.</summary>
    /// <param name="paths">Assemblies with classes marked <see cref="ModuleForAttribute"/>.</param>
    /// <exception cref="ExtensionException">A path is wrong, a class cannot be built, or a record has no module.</exception>
    public static void Load(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            Register(ExtensionAssembly.Open(path, Option));
        var missing = KerasCatalog.Layers.Registered.Where(pair => !LayerTable.Computes(pair.Value)).Select(pair => pair.Key).Order(StringComparer.Ordinal).ToList();
        if (missing.Count > 0)
            throw new ExtensionException($"{Option}: expected a class marked [ModuleFor] for every registered layer. Received: none for {string.Join(", ", missing)}.");
    }

    /// <summary>Adds the modules of an assembly that is loaded already.</summary>
    /// <exception cref="ExtensionException">A class cannot be built from its record.</exception>
    public static void Register(Assembly assembly)
    {
        foreach (var (module, attribute) in ExtensionAssembly.Marked<ModuleForAttribute>(assembly, Option))
            Register(module, attribute.Spec);
    }

    private static void Register(Type module, Type spec)
    {
        if (!module.IsAssignableTo(typeof(Layer)) || module.IsAbstract)
            throw new ExtensionException($"{Option}: expected a class that derives from Layer. Received: {module.FullName}.");
        if (KerasKind.RegisteredName(spec) is null)
            throw new ExtensionException($"{Option}: {module.FullName} computes {spec.FullName}, which no assembly of {SpecExtensions.Option} registers.");
        var constructor = module.GetConstructor([spec, typeof(LayerContext)])
            ?? throw new ExtensionException($"{Option}: expected a public constructor ({spec.Name}, {nameof(LayerContext)}). Received: {module.FullName}, which has none.");
        LayerTable.Register(spec, module, (record, context) =>
            (Layer)constructor.Invoke(BindingFlags.DoNotWrapExceptions, binder: null, [record, context], culture: null));
    }
}
