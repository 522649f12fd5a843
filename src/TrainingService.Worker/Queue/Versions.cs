using System.Reflection;

namespace TrainingService.Worker.Queue;

/// <summary>Versions of what computes, for the manifest; read from the files' headers, so that a worker loads no torch.</summary>
internal static class Versions
{
    public static IReadOnlyDictionary<string, string> All { get; } = new SortedDictionary<string, string>(StringComparer.Ordinal)
    {
        ["dotnet"] = Environment.Version.ToString(),
        ["torch_sharp"] = AssemblyName.GetAssemblyName(Path.Combine(AppContext.BaseDirectory, "TorchSharp.dll")).Version!.ToString(3),
        ["training_service"] = typeof(Versions).Assembly.GetName().Version!.ToString(3),
    };
}
