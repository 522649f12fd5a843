using Microsoft.Extensions.Configuration;
using TrainingService.Contracts.Extensions;

namespace TrainingService.Domain.Extensions;

/// <summary>Section <c>Extensions</c> of the configuration: assemblies with layers and models of the operator's own.</summary>
/// <param name="Specs">Assemblies of records, for every program that reads jobs.</param>
/// <param name="Modules">Assemblies of modules, for programs that train.</param>
public sealed record ExtensionOptions(IReadOnlyList<string> Specs, IReadOnlyList<string> Modules)
{
    /// <summary>Name of the section.</summary>
    public const string Section = "Extensions";

    /// <summary>Reads the section. Paths are relative to the folder that the program was started in.</summary>
    /// <exception cref="ExtensionException">A file does not exist.</exception>
    public static ExtensionOptions Read(IConfiguration configuration) =>
        new(Paths(configuration, $"{Section}:{nameof(Specs)}"), Paths(configuration, $"{Section}:{nameof(Modules)}"));

    /// <summary>A list of paths; one path may stand by itself.</summary>
    private static List<string> Paths(IConfiguration configuration, string option)
    {
        var section = configuration.GetSection(option);
        var paths = section.GetChildren().Select(child => child.Value).Prepend(section.Value).Where(path => !string.IsNullOrWhiteSpace(path)).Select(path => Path.GetFullPath(path!)).ToList();
        return paths.Find(path => !File.Exists(path)) is { } missing
            ? throw new ExtensionException($"{option}: expected the path of an assembly. Received: {missing}, which does not exist.")
            : paths;
    }
}
