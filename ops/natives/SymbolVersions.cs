using System.Buffers.Binary;
using System.Text;

namespace ConvLstm.Nowcast.Natives;

/// <summary>
/// The symbol versions that a shared library (ELF, 64 bits, little-endian) asks other libraries for. Offsets and constants: the System V
/// ABI, "Object files" (https://gabi.xinuos.com), and the Linux Standard Base 5.0, "Symbol versioning"
/// (https://refspecs.linuxfoundation.org/LSB_5.0.0/LSB-Core-generic/LSB-Core-generic/symversion.html).
/// </summary>
internal sealed class SymbolVersions
{
    // ELF header.
    private static readonly byte[] Magic = [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1];
    private const int SectionTable = 0x28, SectionSize = 0x3A, SectionCount = 0x3C;

    // Section header.
    private const int Type = 0x04, Offset = 0x18, Size = 0x20, Link = 0x28;
    private const uint DynamicSymbols = 11, VersionNeeds = 0x6FFFFFFE, VersionOfSymbol = 0x6FFFFFFF;

    // Symbol table: Elf64_Sym.
    private const int SymbolBytes = 24;

    // Symbol versioning, Elfxx_Verneed and Elfxx_Vernaux.
    private const int NeedAuxiliary = 8, NeedNext = 12, Flags = 4, Index = 6, Name = 8, Next = 12;
    private const ushort Weak = 2, Unversioned = 1;

    private readonly byte[] _file;
    private readonly int _symbols, _symbolCount, _strings, _versions, _needs;

    /// <param name="file">The bytes of the library; changed in place.</param>
    /// <exception cref="InvalidDataException">It is no such library, or asks for no versions.</exception>
    internal SymbolVersions(byte[] file)
    {
        if (!file.AsSpan().StartsWith(Magic))
            throw new InvalidDataException("it is no 64-bit little-endian ELF file");
        _file = file;
        var symbols = Section(DynamicSymbols, "dynamic symbols");
        (_symbols, _symbolCount) = ((int)Long(symbols + Offset), (int)Long(symbols + Size) / SymbolBytes);
        _strings = (int)Long(SectionAt((int)Int(symbols + Link)) + Offset);
        _versions = (int)Long(Section(VersionOfSymbol, "versions of symbols") + Offset);
        _needs = (int)Long(Section(VersionNeeds, "needed versions") + Offset);
    }

    /// <summary>
    /// Makes a version of one symbol a wish: the loader goes on where it is missing (VER_FLG_WEAK), as nothing has it any more: the
    /// symbol becomes another one, unversioned, that the library imports anyway.
    /// </summary>
    /// <returns>Whether anything was changed; it is not where that was done before.</returns>
    /// <exception cref="InvalidDataException">The library asks for no such version, or for more symbols of it than this one, or does not
    /// import the other.</exception>
    internal bool MakeOptional(string version, string symbol, string standIn)
    {
        var need = Needs().FirstOrDefault(n => Text(Int(n + Name)) == version, -1);
        if (need < 0)
            throw new InvalidDataException($"it does not ask for {version}");
        var names = Enumerable.Range(0, _symbolCount).Where(i => Short(_versions + (2 * i)) == Short(need + Index))
            .ToDictionary(i => i, i => Text(Int(Symbol(i))));
        if (names.Count == 0 && (Short(need + Flags) & Weak) != 0)
            return false;
        if (names.Count != 1 || names.Values.Single() != symbol)
            throw new InvalidDataException($"of {version} it asks for '{string.Join("', '", names.Values)}', not for {symbol} alone");
        var other = Enumerable.Range(0, _symbolCount).FirstOrDefault(i => Text(Int(Symbol(i))) == standIn, -1);
        if (other < 0)
            throw new InvalidDataException($"it does not import {standIn}");
        Set(need + Flags, (ushort)(Short(need + Flags) | Weak));
        Set(_versions + (2 * names.Keys.Single()), Unversioned);
        _file.AsSpan(Symbol(other), sizeof(uint)).CopyTo(_file.AsSpan(Symbol(names.Keys.Single())));
        return true;
    }

    private IEnumerable<int> Needs()
    {
        for (var (library, last) = (_needs, false); !last; library += (int)Int(library + NeedNext))
        {
            last = Int(library + NeedNext) == 0;
            for (var (need, end) = (library + (int)Int(library + NeedAuxiliary), false); !end; need += (int)Int(need + Next))
            {
                end = Int(need + Next) == 0;
                yield return need;
            }
        }
    }

    private int Section(uint type, string what) =>
        Enumerable.Range(0, Short(SectionCount)).Select(SectionAt).FirstOrDefault(s => Int(s + Type) == type, -1) is >= 0 and var at
        ? at : throw new InvalidDataException($"it has no section of {what}");

    private int SectionAt(int index) => (int)Long(SectionTable) + (index * Short(SectionSize));

    private int Symbol(int index) => _symbols + (index * SymbolBytes);

    private string Text(uint at)
    {
        var rest = _file.AsSpan(_strings + (int)at);
        return Encoding.ASCII.GetString(rest[..rest.IndexOf((byte)0)]);
    }

    private ushort Short(int at) => BinaryPrimitives.ReadUInt16LittleEndian(_file.AsSpan(at));

    private uint Int(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_file.AsSpan(at));

    private ulong Long(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_file.AsSpan(at));

    private void Set(int at, ushort value) => BinaryPrimitives.WriteUInt16LittleEndian(_file.AsSpan(at), value);
}
