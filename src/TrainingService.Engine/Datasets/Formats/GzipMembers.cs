using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;

namespace TrainingService.Engine.Datasets.Formats;

/// <summary>A gzip file may be several, one behind the other; then its end says nothing about the whole.</summary>
internal static class GzipMembers
{
    /// <summary>Reads all parts with their checksums.</summary>
    public static bool AreWhole(string path)
    {
        try
        {
            using var stream = new GZipInputStream(File.OpenRead(path));
            var buffer = new byte[1 << 16];
            while (stream.Read(buffer, 0, buffer.Length) > 0)
            {
            }
            return true;
        }
        catch (Exception damaged) when (damaged is SharpZipBaseException or EndOfStreamException)
        {
            return false;
        }
    }
}
