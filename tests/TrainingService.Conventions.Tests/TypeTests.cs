using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Xml.Linq;

namespace TrainingService.Conventions.Tests;

public sealed class TypeTests
{
    public static TheoryData<string> Assemblies => ["Contracts", "Engine", "Domain", "Client", "Api", "Worker"];

    [Theory, MemberData(nameof(Assemblies))]
    public void Every_class_is_sealed_or_abstract(string room)
    {
        using var stream = File.OpenRead(PathOf(room));
        using var file = new PEReader(stream);
        var metadata = file.GetMetadataReader();
        var open = metadata.TypeDefinitions.Select(metadata.GetTypeDefinition)
            .Where(type => (type.Attributes & (TypeAttributes.Sealed | TypeAttributes.Abstract | TypeAttributes.Interface)) == 0)
            .Select(type => (Namespace: metadata.GetString(type.Namespace), Name: metadata.GetString(type.Name), type.IsNested))
            // Types that the compiler makes, and EF's migrations, which its own tool writes.
            .Where(type => !type.Name.Contains('<', StringComparison.Ordinal) && type.Name != "Program" && !type.Namespace.EndsWith("Migrations", StringComparison.Ordinal))
            .Where(type => type.Namespace.StartsWith("TrainingService", StringComparison.Ordinal))
            .Select(type => $"{type.Namespace}.{type.Name}");

        Assert.Empty(open);
    }

    [Theory]
    [InlineData(typeof(Contracts.Jobs.JobSpec))]
    [InlineData(typeof(Engine.EngineAssembly))]
    [InlineData(typeof(Client.TrainingServiceClient))]
    public void Every_public_type_that_others_build_on_is_documented(Type of)
    {
        var assembly = of.Assembly;
        var documented = XDocument.Load(Path.ChangeExtension(assembly.Location, ".xml"))
            .Descendants("member").Select(member => member.Attribute("name")!.Value).ToHashSet();
        var names = assembly.GetExportedTypes().Select(type => "T:" + type.FullName!.Replace('+', '.'));
        Assert.DoesNotContain(names, name => !documented.Contains(name));
    }

    private static string PathOf(string room)
    {
        var beside = Path.Combine(AppContext.BaseDirectory, $"TrainingService.{room}.dll");
        if (File.Exists(beside))
            return beside;
        var configuration = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')).Parent!.Parent!.Name;
        var output = Path.Combine(Repository.Root, "src", $"TrainingService.{room}", "bin", configuration, "net10.0");
        return Directory.EnumerateFiles(output, $"TrainingService.{room}.dll", SearchOption.AllDirectories)
            .First(path => !path.Contains("/publish/", StringComparison.Ordinal) && !path.Contains("/ref/", StringComparison.Ordinal));
    }
}
